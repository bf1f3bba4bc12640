/** Answers the key of a job by its id, or of one of BullMQ's lists by its name. */
export type QueueKey = (idOrList: string) => string;

/** BullMQ's own scheme. */
export function queueKeys({ prefix, name }: { readonly prefix: string; readonly name: string }): QueueKey {
  return (idOrList) => `${prefix}:${name}:${idOrList}`;
}
