import { EngineError, type JsonObject } from "../errors.ts";

/** Why an operation, or a question about a release, was refused or failed. */
export type ActionErrorCode =
  /** The request contradicts itself or names what cannot be. */
  | "invalid-request"
  /** No such release, revision or chart. */
  | "not-found"
  /** Install: the name is taken. */
  | "name-in-use"
  /** The newest revision is pending and not ours: `unlock` ends it. */
  | "pending-other"
  /** Upgrade: there is nothing to upgrade from. */
  | "no-deployed"
  /** The archive is no chart, or a hostile one. */
  | "invalid-chart"
  /** The chart could not be rendered, or its manifests are no Kubernetes objects. */
  | "render-failed"
  /** An object exists and belongs to somebody else. */
  | "not-owned"
  /** Resource groups or subcharts wait for each other, or what they wait for cannot be read. */
  | "invalid-order"
  /** A CRD would lose a version that objects are stored in. */
  | "stored-version"
  /** A GitOps tool manages objects of the release, too, and the request does not say `alongside`. */
  | "managed-by-gitops"
  /** Fields that others own would have to change. */
  | "conflict"
  /** The cluster refused an object. */
  | "apply-failed"
  | "hook-failed"
  /** Objects did not get ready, or did not go away, in time. */
  | "wait-failed"
  /** Somebody else wrote or made the release's record meanwhile. */
  | "record-changed"
  /** The release does not fit a record. */
  | "record-too-large"
  /** The cluster refused the release's record. */
  | "record-failed"
  | "delete-failed"
  /** The operation failed, and so did undoing it. */
  | "undo-failed"
  | "unreachable"
  /** What a plan rests on has changed. */
  | "plan-stale"
  /** A policy of this place denies the plan. */
  | "policy-denied"
  /** Access to an object of the plan was refused. */
  | "refused"
  | "cancelled";

/** A refusal of this folder. `message` is what Helm prints behind `Error: `, where Helm has such an error. */
export class ActionError extends EngineError<ActionErrorCode> {
  readonly code: ActionErrorCode;
  constructor(code: ActionErrorCode, message: string, detail: JsonObject = {}, options?: ErrorOptions) {
    super(message, detail, options);
    this.code = code;
  }
}
