import { checkOptionNames, invalidOption } from '../options.ts';
import { resolveDeliverOptions } from './deliver-options.ts';
import type { ResendOptions } from './gateway.ts';
import type { WebhookDelivery } from './model.ts';
import { resolveWord } from './options.ts';
import type { Order } from './parcel.ts';

const OWNER = 'resend';
const OPTIONS = ['mode', 'body', 'wait'];
const modes: readonly ResendOptions['mode'][] = ['retry', 'exact', 'edited'];

function isBody(value: unknown): value is object | string {
  return typeof value === 'string' || (typeof value === 'object' && value !== null);
}

function eventOf({ event }: WebhookDelivery): object | string {
  return isBody(event) ? event : '';
}

/**
 * What it takes to make a delivery once more.
 *
 * @throws Error when there is no such delivery, or `exact` is asked of one that was never sent; TypeError when an
 * option cannot be used.
 */
export function resendOrder(
  delivery: WebhookDelivery | undefined,
  id: string,
  options: Readonly<ResendOptions & { wait?: boolean }>,
  retryDelaysMs: readonly number[],
): Order {
  checkOptionNames(OWNER, options, OPTIONS);
  const { mode, body, wait = true } = options;
  const known = resolveWord(OWNER, 'mode', mode ?? '', modes, 'retry');
  if ((known === 'edited') !== (body !== undefined)) {
    throw invalidOption(OWNER, 'body', body, 'Give the new body with mode edited, and with no other.');
  }
  if (body !== undefined && !isBody(body)) {
    throw invalidOption(OWNER, 'body', body, 'Give an event object, a string or bytes.');
  }
  if (delivery === undefined) throw new Error(`${OWNER}: there is no delivery ${id} (any more).`);
  const config = resolveDeliverOptions({ wait }, retryDelaysMs);
  const common = { origin: 'resend', resendOf: id } as const;
  if (known !== 'exact') return { ...common, event: body ?? eventOf(delivery), config };
  const exact = delivery.attempts.at(-1);
  if (exact === undefined) {
    throw new Error(`${OWNER}: ${id} was never sent, so there are no exact bytes of it. Use mode retry.`);
  }
  return { ...common, event: eventOf(delivery), config: { ...config, retryDelaysMs: [] }, exact };
}
