import { checkOptionNames } from '../options.ts';
import { SEND_PATH } from '../protocol.ts';
import { createCustomer } from './customer.ts';
import { createDeliverer, type DeliverOptions, type WebhookDelivery } from './delivery.ts';
import type { GatewayEmulator } from './gateway.ts';
import { createMessageLog } from './message-log.ts';
import {
  type EmulatorWebhook,
  type GatewayEmulatorOptions,
  resolveBodyStyle,
  resolveOptions,
  resolveWebhook,
} from './options.ts';
import { requirePhone } from './phone-argument.ts';
import { createRequestLog } from './request-log.ts';
import { acceptSend, type GatewayAnswer, judgeSend, refuseMethod, refusePath } from './rules.ts';
import { type PostRequest, startServer } from './server.ts';

const HOST = '127.0.0.1';
const KIB = 1_024;
/** How many bytes of a send are kept. Assumed: it leaves room for the longest message with all of it escaped. */
const SEND_BODY_LIMIT_BYTES: number = KIB * KIB;
const DELIVER_OPTIONS = ['timestamp', 'signature', 'bodyStyle'] as const satisfies (keyof DeliverOptions)[];

function isSendPath(target: string): boolean {
  return target === SEND_PATH || target.startsWith(`${SEND_PATH}?`);
}

/**
 * Starts a gateway inside this process: a real HTTP server on 127.0.0.1 which judges sends by the gateway's rules,
 * and signed deliveries to the app. It needs no account and no network, installs no signal handler, and any number
 * can run at once. Like every server it keeps the process alive until it is closed.
 *
 * What the vendor does not document is assumed, and named where it is decided: the order in which a send is checked
 * and some of the statuses (`judgeSend`), the JSON style of events (`bodyStyle`), the timestamp's form
 * (`signWebhook`), one attempt for each delivery and 30 s for it, and 1 MiB as the largest body of a send.
 *
 * @throws TypeError when an option is unknown or cannot be used; Error `EADDRINUSE` when the port is taken.
 *
 * @example
 * const gateway = await startGatewayEmulator({ webhook: { url: `${appUrl}/webhooks/whatsapp-gateway`, secret } });
 * const customer = gateway.customer('+966501234567');
 * const delivery = await customer.says('مرحبا، أين طلبي رقم 1042؟');
 * delivery.attempts[0]?.status; // 200
 * await gateway.waitForMessage({ to: customer.phone, contains: '1042' });
 * await gateway.close();
 */
export async function startGatewayEmulator(
  options: Readonly<GatewayEmulatorOptions> = {},
): Promise<GatewayEmulator> {
  const { apiKey, instanceId, port, bodyStyle, ...config } = resolveOptions(options);
  const suppressed = new Set<string>();
  const messages = createMessageLog();
  const requests = createRequestLog();
  const deliverer = createDeliverer();
  let webhook = config.webhook;
  let closing: Promise<void> | undefined;

  function answerSend({ headers, body }: PostRequest): GatewayAnswer {
    const { authorization, 'content-type': contentType } = headers;
    const account = { apiKey, instanceId, suppressed };
    const verdict = judgeSend({ authorization, contentType, body }, account);
    if (verdict.refusal !== undefined) return verdict.refusal;
    const { messageId, logId } = messages.add(verdict.allowed);
    return acceptSend(messageId, logId);
  }

  function requireWebhook(): Readonly<EmulatorWebhook> {
    if (closing !== undefined) throw new Error('The emulator is closed: nothing can be delivered any more.');
    if (webhook !== undefined) return webhook;
    throw new Error(
      'No webhook is set. Start the emulator with webhook: { url, secret }, or call setWebhook.',
    );
  }

  async function deliver<Event extends object | string>(
    event: Event,
    deliverOptions: Readonly<DeliverOptions> = {},
  ): Promise<WebhookDelivery<Event>> {
    checkOptionNames('deliver', deliverOptions, DELIVER_OPTIONS);
    const style = resolveBodyStyle('deliver', deliverOptions.bodyStyle, bodyStyle);
    return deliverer.deliver(requireWebhook(), event, { ...deliverOptions, bodyStyle: style });
  }

  const server = await startServer({
    host: HOST,
    port,
    bodyLimitBytes: SEND_BODY_LIMIT_BYTES,
    answerPost(request) {
      const answer = isSendPath(request.path) ? answerSend(request) : refusePath();
      requests.add(request, answer);
      return answer;
    },
    answerOther: (path) => (isSendPath(path) ? refuseMethod() : refusePath()),
  });

  function close(): Promise<void> {
    if (closing === undefined) {
      closing = server.close();
      deliverer.close();
      messages.close();
    }
    return closing;
  }

  return {
    url: server.url,
    apiKey,
    instanceId,
    get messages() {
      return messages.all();
    },
    get requests() {
      return requests.all();
    },
    setWebhook(value) {
      webhook = resolveWebhook('setWebhook', value);
    },
    customer: (phone) =>
      createCustomer(
        { instanceId, deliver, requireWebhook, suppress: (e164) => suppressed.add(e164) },
        phone,
      ),
    suppress(phone) {
      suppressed.add(requirePhone('suppress', 'phone', phone));
    },
    deliver,
    waitForMessage: (wanted = {}) => messages.waitFor(wanted, requests.describeRefused),
    close,
    [Symbol.asyncDispose]: close,
  };
}
