import { EMULATOR_PREFIX } from '../../protocol.ts';
import { maskSecret } from '../control/mask.ts';

/** Where the program listens unless told otherwise; the other commands look for it there. */
export const DEFAULT_PORT = 4_800;
/** Where an app's webhook is in every example of this package. */
export const DEFAULT_TARGET = 'http://127.0.0.1:3000/webhooks/whatsapp-gateway';

/**
 * The same at every start, so that a `.env` stays right. They are no secrets: they work with emulators only, and this
 * package refuses them where `NODE_ENV` is `production`.
 */
export const developmentKeys: {
  readonly apiKey: string;
  readonly secret: string;
  readonly instance: string;
} = {
  apiKey: `${EMULATOR_PREFIX}key_for_development`,
  secret: `${EMULATOR_PREFIX}secret_for_development`,
  instance: `${EMULATOR_PREFIX}instance`,
};

/** An emulator's own key as it is; anybody's real one masked. */
export function showKey(key: string): string {
  return key.startsWith(EMULATOR_PREFIX) ? key : maskSecret(key);
}

/** What an app needs in its `.env`, as lines to paste. */
export function envLines(values: {
  readonly apiKey: string;
  readonly instanceId: string;
  readonly secret: string;
  readonly url: string;
}): readonly string[] {
  return [
    `WHATSAPP_GATEWAY_API_KEY=${values.apiKey}`,
    `WHATSAPP_GATEWAY_INSTANCE_ID=${values.instanceId}`,
    `WHATSAPP_GATEWAY_WEBHOOK_SECRET=${values.secret}`,
    `WHATSAPP_GATEWAY_BASE_URL=${values.url}`,
  ];
}
