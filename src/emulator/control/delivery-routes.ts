import type { GatewayEmulator } from '../gateway.ts';
import type { WebhookDelivery } from '../model.ts';
import { requirePhone } from '../phone-argument.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import { ControlError, withCallersValues } from './errors.ts';
import type { StartedDeliveryJson } from './json-types.ts';
import { findRecord } from './record-routes.ts';
import { type Route, writing } from './route.ts';
import { customerMessageSchema, optOutSchema, rawDeliverySchema, resendSchema } from './schemas.ts';
import type { ToJson } from './to-json.ts';

const ACCEPTED_STATUS = 202;
/** Answers at once, since an app may take half a minute, and may wait for this very answer. */
const atOnce = { wait: false } as const;

function requireWebhook({ state }: GatewayEmulator): void {
  if (state.webhook !== undefined) return;
  throw new ControlError(
    'no_webhook',
    'No webhook is set, so nothing can be delivered. PATCH /__emulator/v1/state with ' +
      '{"webhook": {"url": "http://127.0.0.1:3000/webhooks/whatsapp-gateway"}}, or start the emulator with one.',
  );
}

/** What begins a delivery. */
export function deliveryRoutes(gateway: GatewayEmulator, toJson: ToJson): readonly Route[] {
  async function begin(start: () => Promise<WebhookDelivery>): Promise<Answer> {
    requireWebhook(gateway);
    const delivery = await withCallersValues(start);
    return jsonAnswer(ACCEPTED_STATUS, { delivery: toJson.delivery(delivery) } satisfies StartedDeliveryJson);
  }

  return [
    writing('POST', '/messages', customerMessageSchema, ({ from, text }, { owner }) =>
      begin(async () => {
        requirePhone(owner, 'from', from);
        return gateway.customer(from).says(text, atOnce);
      }),
    ),
    writing('POST', '/opt-outs', optOutSchema, ({ from }, { owner }) =>
      begin(async () => {
        requirePhone(owner, 'from', from);
        return gateway.customer(from).optsOut(atOnce);
      }),
    ),
    writing('POST', '/deliveries', rawDeliverySchema, ({ event, bodyBase64 = '' }) =>
      begin(() => gateway.deliver(event ?? Buffer.from(bodyBase64, 'base64'), atOnce)),
    ),
    writing('POST', '/deliveries/{id}/resend', resendSchema, ({ mode, bodyText }, { id }) => {
      const { attempts } = findRecord('delivery', gateway.deliveries, id);
      if (mode === 'exact' && attempts.length === 0) {
        const message = `${id} was not sent yet, so there are no exact bytes of it. Use mode retry.`;
        throw new ControlError('nothing_to_repeat', message);
      }
      const body = bodyText === undefined ? {} : { body: bodyText };
      return begin(() => gateway.resend(id, { mode, ...body, ...atOnce }));
    }),
  ];
}
