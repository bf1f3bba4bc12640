import { SendError, type Sender } from 'express-whatsapp-gateway';
import type { Pool } from 'pg';
import { holdRecipient } from './recipient-lock.ts';

/**
 * A sender that asks whether the recipient has opted out, and sends, while nobody can opt out in between. Give it a
 * pool of its own with as many connections as there are sends at once: each holds one until it is over.
 */
export function lockedSender(sender: Pick<Sender, 'send'>, pool: Pool): Pick<Sender, 'send'> {
  return {
    async send(message, options = {}) {
      const held = await holdRecipient(pool, message.phone).catch((cause: unknown) => {
        // Nothing has left yet, and only a SendError can say so: of others, nobody would know.
        throw new SendError('The recipient could not be locked; the error of PostgreSQL is the cause.', {
          code: 'recipient_lock_failed',
          outcome: 'not_sent',
          retryable: true,
          cause,
        });
      });
      try {
        const signal = AbortSignal.any([held.lost, ...(options.signal ? [options.signal] : [])]);
        return await sender.send(message, { ...options, signal });
      } finally {
        await held.release();
      }
    },
  };
}
