import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createSender } from '../../src/sender/sender.ts';
import { signWebhook } from '../../src/testing/sign-webhook.ts';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import { createWebhookReceiver } from '../../src/webhook/receiver.ts';
import { verifyWebhook } from '../../src/webhook/verify.ts';

const KEY = 'emu_key_0123456789';
const SECRET = 'emu_secret_0123456789';
const instanceId = 'i';

/** Every way to hand the package a key or a secret. */
const ways: [name: string, what: string, build: (value: string) => unknown][] = [
  ['whatsappGatewayWebhook', 'option secret', (secret) => whatsappGatewayWebhook({ secret })],
  ['createWebhookReceiver', 'option secret', (secret) => createWebhookReceiver({ secret })],
  [
    'createWebhookReceiver',
    'option secret[1]',
    (secret) => createWebhookReceiver({ secret: ['whsec_real', secret] }),
  ],
  [
    'verifyWebhook',
    'option secret',
    (secret) => verifyWebhook({ ...signWebhook({ secret, body: { event: 'x' } }), secret }),
  ],
  ['createSender', 'option apiKey', (apiKey) => createSender({ apiKey, instanceId })],
  [
    'createSender',
    'environment variable WHATSAPP_GATEWAY_API_KEY',
    (apiKey) => {
      vi.stubEnv('WHATSAPP_GATEWAY_API_KEY', apiKey);
      return createSender({ instanceId });
    },
  ],
];

beforeEach(() => {
  onTestFinished(() => void vi.unstubAllEnvs());
});

describe.each(ways)('%s, %s', (name, what, build) => {
  const value = name === 'createSender' ? KEY : SECRET;

  it("refuses the emulator's in production, says what to do and does not show it", () => {
    vi.stubEnv('NODE_ENV', 'production');
    expect(() => build(value)).toThrow(TypeError);
    expect(() => build(value)).toThrow(
      `${name}: ${what} begins with emu_, so it belongs to the emulator, and NODE_ENV is production. ` +
        "Set the one from the gateway's dashboard; to run against the emulator, set NODE_ENV to something else.",
    );
    expect(() => build(value)).not.toThrow(value);
  });

  it.each(['development', 'test', undefined])("takes the emulator's where NODE_ENV is %s", (environment) => {
    vi.stubEnv('NODE_ENV', environment);
    expect(() => build(value)).not.toThrow();
  });

  it('takes any other in production', () => {
    vi.stubEnv('NODE_ENV', 'production');
    expect(() => build('wg_live_emu_x')).not.toThrow();
  });
});
