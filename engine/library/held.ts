/** The member under which a public object holds what the engine works on. Not exported by the library: it is no part of the contract. */
export const held: unique symbol = Symbol("slipway.held");
