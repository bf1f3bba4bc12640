import { randomBytes } from 'node:crypto';
import { messageReceived } from '../../testing/events.ts';
import { signWebhook } from '../../testing/sign-webhook.ts';
import { type BodyStyle, encodeBody } from '../encode-body.ts';
import { type Answer, withoutSecret } from './answer.ts';
import { CHECK_PHONE_PREFIX, CHECK_SLOW_BODY_MS } from './limits.ts';
import type { CheckConfig } from './options.ts';
import { type Outgoing, type Pace, post } from './post.ts';

/** A secret that no receiver has. */
export const WRONG_SECRET = 'not-the-secret-of-this-receiver';

/** How a probe's delivery differs from an ordinary one. */
export interface SignOptions {
  readonly secret?: string;
  readonly timestamp?: number | string;
  readonly style?: BodyStyle;
  readonly pace?: Pace;
}

/** What an exercise works with: its own customer, events that no other one makes, and the way to the receiver. */
export interface Bench {
  readonly config: CheckConfig;
  /** This exercise's own customer, so that effects can be counted while others run. */
  readonly phone: string;
  /** A message from that customer. Its text is new each time, so that nothing takes it for a copy. */
  message(fields?: Readonly<Record<string, unknown>>): { event: string };
  /** A text that no other message has: ASCII, with a slash for encoders to differ about. */
  text(): string;
  /** Writes and signs an event in the style that the receiver is known to take. */
  sign(event: object, options?: SignOptions): Outgoing;
  /** Sends it once, and waits as long as the options say or, where given, as this says. */
  post(outgoing: Outgoing, timeoutMs?: number): Promise<Answer>;
  /** Both. */
  deliver(event: object, options?: SignOptions): Promise<Answer>;
}

/** Makes benches for one run: `bench(index, style)` is that of the exercise with this number. */
export function createBenches(config: CheckConfig): (index: number, style: BodyStyle) => Bench {
  const run = randomBytes(3).toString('hex');
  let messages = 0;

  return (index, baseStyle) => {
    const phone = CHECK_PHONE_PREFIX + String(index).padStart(2, '0');

    function text(): string {
      messages += 1;
      return `Check ${run}/${messages}: where is my order?`;
    }

    function sign(event: object, { secret, timestamp, style, pace = 'whole' }: SignOptions = {}): Outgoing {
      const { headers, rawBody } = signWebhook({
        secret: secret ?? config.secret,
        body: encodeBody(event, style ?? baseStyle),
        ...(timestamp === undefined ? {} : { timestamp }),
      });
      return { headers, rawBody, pace };
    }

    async function send(outgoing: Outgoing, timeoutMs: number = config.timeoutMs): Promise<Answer> {
      const sendingMs = outgoing.pace === 'slow' ? CHECK_SLOW_BODY_MS : 0;
      return withoutSecret(await post(config.url, outgoing, timeoutMs + sendingMs), config.secret);
    }

    return {
      config,
      phone,
      text,
      message: (fields = {}) =>
        messageReceived({ instance_id: config.instanceId, from: phone, message_text: text(), ...fields }),
      sign,
      post: send,
      deliver: (event, options) => send(sign(event, options)),
    };
  };
}
