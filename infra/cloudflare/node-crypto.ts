/**
 * What stands for Node's `crypto` in the Worker: nothing. bcryptjs alone names it, for salts that it is never asked to make, and the
 * runtime would start Node's streams for it.
 */
const nodeCrypto = {};

export default nodeCrypto;
