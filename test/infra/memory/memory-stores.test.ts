import { createMemoryOperations } from "../../../infra/memory/memory-operations.ts";
import { createMemoryRecords } from "../../../infra/memory/memory-records.ts";
import { describeOperationStore } from "../../contracts/operation-store.ts";
import { describeRecordStore } from "../../contracts/record-store.ts";

describeRecordStore("memory", createMemoryRecords);
describeOperationStore("memory", ({ now }) => {
  let tokens = 0;
  return createMemoryOperations({ now, newToken: () => `token-${++tokens}` });
});
