import { describe, expect, it } from 'vitest';
import { isSendError, type WebhookHeaders } from '../../src/index.ts';
import type { Campaign } from './campaign.ts';
import { bodies } from './campaigns/bodies.ts';
import { chunkings } from './campaigns/chunkings.ts';
import { forgeries } from './campaigns/forgeries.ts';
import { gatewayAnswers } from './campaigns/gateway-answers.ts';
import { headers } from './campaigns/headers.ts';
import { options } from './campaigns/options.ts';
import { phones } from './campaigns/phones.ts';
import { timestamps } from './campaigns/timestamps.ts';
import { runCampaign } from './run-campaign.ts';
import { realSubject, type Subject } from './subject.ts';

const SIGNATURE = 'x-whatsapp-gateway-signature';
const TIMESTAMP = 'x-whatsapp-gateway-timestamp';
const NO_DIGIT = /\D/gu;
const real = realSubject;

/** The subject whose verifyWebhook is called with changed headers. */
function withHeaders(change: (headers: Record<string, string>) => Record<string, unknown>): Subject {
  return {
    ...real,
    verifyWebhook: (given) =>
      real.verifyWebhook({
        ...given,
        headers: change(given.headers as Record<string, string>) as WebhookHeaders,
      }),
  };
}

const wrap = (name: string, change: (text: string) => string): Subject =>
  withHeaders((given) => ({ ...given, [name]: change(String(given[name])) }));

const lastOf: Subject = withHeaders((given) =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name.toLowerCase(), [value].flat().at(-1)]),
  ),
);

const anyTime: Subject = {
  ...real,
  verifyWebhook: (given) => real.verifyWebhook({ ...given, toleranceSeconds: Infinity }),
};

/** Whoever cuts the timestamp at its first dot accepts what the real one does not. */
const looseTime: Subject = wrap(TIMESTAMP, (text) => text.trim());

const unknownCode: Subject = {
  ...real,
  createWebhookReceiver: (given) => {
    const receiver = real.createWebhookReceiver(given);
    return {
      receive: async (request) => {
        const answer = await receiver.receive(request);
        return answer.status === 400 ? { ...answer, body: '{"error":"SyntaxError"}' } : answer;
      },
    };
  },
};

const forgetful: Subject = {
  ...real,
  createWebhookReceiver: (given) => real.createWebhookReceiver({ ...given, deliveries: false }),
};

const hanging: Subject = {
  ...real,
  createWebhookReceiver: (given) => {
    const receiver = real.createWebhookReceiver(given);
    return {
      receive: (request) => {
        const text = Buffer.from(request.rawBody as Uint8Array).toString('latin1');
        return text.includes('[[[[') ? new Promise(() => undefined) : receiver.receive(request);
      },
    };
  },
};

const trustsTrailers: Subject = {
  ...real,
  whatsappGatewayWebhook: (given) => {
    const webhook = real.whatsappGatewayWebhook(given);
    return (request, response, next) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        Object.assign(request, { rawBody: Buffer.concat(chunks) });
        Object.assign(request.headers, request.trailers);
        webhook(request, response, next);
      });
      request.on('error', () => given.onOutcome?.({ type: 'rejected', status: 400, durationMs: 0 }));
    };
  },
};

const leaksNodeErrors: Subject = {
  ...real,
  whatsappGatewayWebhook: (given) => {
    const webhook = real.whatsappGatewayWebhook(given);
    return (request, response, next) => {
      const end = response.end.bind(response);
      response.end = ((body: unknown) =>
        end(response.statusCode === 401 ? '{"error":"ERR_CRYPTO"}'.padEnd(29) : body)) as typeof response.end;
      webhook(request, response, next);
    };
  },
};

const anyDigits: Subject = {
  ...real,
  normalizePhone: (phone) => real.normalizePhone(phone.split('@')[0]?.replace(NO_DIGIT, '') ?? ''),
};

function withSend(change: (send: () => Promise<unknown>) => Promise<unknown>): Subject {
  return {
    ...real,
    createSender: (given) => {
      const sender = real.createSender(given);
      return {
        ...sender,
        send: (message, call) => change(() => sender.send(message, call)) as ReturnType<typeof sender.send>,
      };
    },
  };
}

const sendsTwice = withSend((send) => send().catch(send));
const trustsStatus = withSend((send) =>
  send().catch((error: unknown) => {
    if (isSendError(error) && error.status === 200) return { status: 'sent' };
    throw error;
  }),
);
const rawErrors = withSend((send) =>
  send().catch((error: Error) => {
    throw new Error(error.message);
  }),
);

const showsKeys: Subject = {
  ...real,
  createSender: (given) => {
    try {
      return real.createSender(given);
    } catch {
      throw new TypeError(`createSender: option apiKey is ${String(given?.apiKey)}.`);
    }
  },
};

const takesAnything: Subject = {
  ...real,
  memoryDeliveryStore: (given) => {
    given?.maxEntries?.toFixed();
    return real.memoryDeliveryStore(given);
  },
};

interface Weakness {
  readonly name: string;
  readonly campaign: Campaign;
  readonly subject: Subject;
  readonly settleMs?: number;
}

const weaknesses: readonly Weakness[] = [
  {
    name: 'a verifier that ignores the case',
    campaign: forgeries,
    subject: wrap(SIGNATURE, (text) => text.toLowerCase()),
  },
  {
    name: 'a verifier that takes junk behind the signature',
    campaign: forgeries,
    subject: wrap(SIGNATURE, (text) => text.slice(0, 71)),
  },
  {
    name: 'a verifier that takes the first of several signatures',
    campaign: forgeries,
    subject: wrap(SIGNATURE, (text) => text.split(', ')[0] ?? ''),
  },
  { name: 'a verifier that takes the last of several headers', campaign: headers, subject: lastOf },
  { name: 'a verifier of any time', campaign: timestamps, subject: anyTime },
  { name: 'a verifier that trims the timestamp', campaign: timestamps, subject: looseTime },
  { name: 'a receiver that leaks an unknown code', campaign: bodies, subject: unknownCode },
  { name: 'a receiver that handles copies', campaign: bodies, subject: forgetful },
  { name: 'a receiver that hangs', campaign: bodies, subject: hanging, settleMs: 300 },
  { name: 'a middleware that trusts trailers', campaign: chunkings, subject: trustsTrailers },
  { name: "a middleware that leaks Node's errors", campaign: chunkings, subject: leaksNodeErrors },
  { name: 'a phone number of whatever digits there are', campaign: phones, subject: anyDigits },
  { name: 'a sender that tries again blindly', campaign: gatewayAnswers, subject: sendsTwice },
  { name: 'a sender that trusts the status', campaign: gatewayAnswers, subject: trustsStatus },
  { name: 'a sender that throws plain errors', campaign: gatewayAnswers, subject: rawErrors },
  { name: 'a factory that shows keys', campaign: options, subject: showsKeys },
  { name: 'a factory that throws what it did not mean to', campaign: options, subject: takesAnything },
];

const SEED = 20_260_508;
const SETTLE_MS = 15_000;

describe(`a campaign with seed ${SEED}`, () => {
  it.each(weaknesses)('finds $name', { timeout: 60_000 }, async (weakness) => {
    const { campaign, subject, settleMs = SETTLE_MS } = weakness;
    const budget = { seed: SEED, runs: 3 * campaign.shortRuns };
    const { failure } = await runCampaign(campaign, { subject, settleMs }, budget);
    expect(failure).toBeDefined();
    // What it says is enough to see it again.
    const { seed = 0, path } = failure ?? {};
    const again = await runCampaign(campaign, { subject, settleMs }, { seed, path, runs: 1 });
    expect(again.failure?.counterexample).toBe(failure?.counterexample);
  });
});
