/**
 * A new signing secret without a restart, and without a delivery lost.
 *
 * The dashboard shows a new secret once and promises no time in which both are good, so that the first delivery signed
 * with it may be here before the app knows it:
 *
 * 1. Generate the new secret in the dashboard and put it in front of the old one, where the app reads them:
 *    `WHATSAPP_GATEWAY_WEBHOOK_SECRETS=new,old`. Until step 2, deliveries signed with the new one get 401. When the
 *    gateway tries them again, and how often, is not published, so be quick.
 * 2. Call `useSecrets` (on SIGHUP, from an admin route, from your secret manager's callback), or restart one process after
 *    another. From here on both are accepted.
 * 3. Wait until `lastUse(1)`, the moment of the last delivery that the old one signed, is a day ago: retries may still
 *    carry the old signature.
 * 4. Take the old one away the same way: `useSecrets([new])`.
 *
 * ```ts
 * const rotation = rotatableWebhook({ onMessage, onOptOut, deliveries }, readSecrets());
 * app.post('/webhooks/whatsapp-gateway', rotation.webhook);
 * process.on('SIGHUP', () => rotation.useSecrets(readSecrets()));
 * ```
 *
 * Pitfalls:
 * - Never "skip verification for a while": anybody may write to a webhook.
 * - Each process counts its own `lastUse`. With several, send `secretIndex` of `onOutcome` to your metrics instead.
 * - `rotatableWebhook` keeps one delivery store: with a new one, a copy of a delivery from before would run again.
 */
import {
  memoryDeliveryStore,
  type WebhookMiddleware,
  type WebhookOptions,
  whatsappGatewayWebhook,
} from 'express-whatsapp-gateway';

export interface RotatableWebhook {
  /** Mount this one. */
  readonly webhook: WebhookMiddleware;
  /** From the next request on, only these are accepted. The ones that are under way end as they began. */
  useSecrets(secrets: readonly string[]): void;
  /** When a delivery signed with that secret last came, counted from 0 as in `useSecrets`, since that was called. */
  lastUse(secretIndex: number): Date | undefined;
}

export function rotatableWebhook(
  options: Omit<WebhookOptions, 'secret'>,
  secrets: readonly string[],
): RotatableWebhook {
  const now = options.now ?? Date.now;
  const deliveries = options.deliveries ?? memoryDeliveryStore({ now });

  function build(secret: readonly string[]) {
    const lastUses = new Map<number, Date>();
    const webhook = whatsappGatewayWebhook({
      ...options,
      secret,
      deliveries,
      onOutcome: (outcome) => {
        if (outcome.secretIndex !== undefined) lastUses.set(outcome.secretIndex, new Date(now()));
        return options.onOutcome?.(outcome);
      },
    });
    return { webhook, lastUses };
  }

  let current = build(secrets);
  return {
    webhook: (request, response, next) => current.webhook(request, response, next),
    // Where a secret cannot be used, this throws and the ones so far stay.
    useSecrets(next) {
      current = build(next);
    },
    lastUse: (secretIndex) => current.lastUses.get(secretIndex),
  };
}
