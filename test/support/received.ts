import type { WebhookOptions } from '../../src/webhook/options.ts';
import type { WebhookOutcome } from '../../src/webhook/outcome.ts';
import { createWebhookReceiver, type WebhookReceiver } from '../../src/webhook/receiver.ts';
import { now, SECRET } from './deliveries.ts';

/** A receiver on the tests' secret and clock, with all that its `onOutcome` saw. */
export interface ObservedReceiver extends WebhookReceiver {
  readonly outcomes: WebhookOutcome[];
}

export function observedReceiver(options: Partial<WebhookOptions> = {}): ObservedReceiver {
  const outcomes: WebhookOutcome[] = [];
  const receiver = createWebhookReceiver({
    secret: SECRET,
    now,
    onOutcome: (outcome) => {
      outcomes.push(outcome);
    },
    ...options,
  });
  return { outcomes, receive: receiver.receive };
}
