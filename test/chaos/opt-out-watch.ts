import { normalizePhone } from 'express-whatsapp-gateway';
import type { GatewayEmulator } from 'express-whatsapp-gateway/testing';

/** Watches whether anything is sent to somebody whose opt-out was answered with 200. */
export interface OptOutWatch {
  /** The ids of the requests that were, refused ones included. */
  readonly late: readonly string[];
  stop(): void;
}

const TAKEN = 200;

/**
 * The gateway's own record tells the order: an answer counts from when the gateway has read it, a send from when the
 * gateway has read it, and everything is told in the order in which it happened, whatever the clocks say.
 */
export function watchOptOuts(gateway: GatewayEmulator): OptOutWatch {
  const answered = new Set<string>();
  const late: string[] = [];
  const stop = gateway.subscribe((change) => {
    if (change.type === 'delivery') {
      const { eventName, from, attempts } = change.delivery;
      if (eventName !== 'recipient.opted_out' || !attempts.some(({ status }) => status === TAKEN)) return;
      const phone = normalizePhone(from ?? '');
      if (phone !== undefined) answered.add(phone);
    }
    // One that is taken is told of at once as a message, and as a request only when it is answered.
    if (change.type === 'message' && answered.has(change.message.phone)) late.push(change.message.requestId);
    if (change.type === 'request' && change.request.messageId === undefined) {
      const { id, phone } = change.request;
      if (phone !== undefined && answered.has(phone)) late.push(id);
    }
  });
  return { late, stop };
}
