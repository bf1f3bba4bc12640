import { createHmac } from 'node:crypto';
import { SIGNATURE_HEADER, SIGNATURE_PREFIX } from '../../protocol.ts';
import { signWebhook } from '../../testing/sign-webhook.ts';
import { encodeBody } from '../encode-body.ts';
import type { AdviceTopic } from './advice.ts';
import { isAccepted } from './answer.ts';
import type { Bench } from './bench.ts';
import type { Outgoing } from './post.ts';

/** Why good deliveries are refused, proved by one that only a receiver with this very mistake takes. */
export interface Cause {
  readonly topic: AdviceTopic;
  /** The proof in words, to go on after what was answered to the good delivery. */
  readonly proof: string;
}

interface Suspect extends Cause {
  make(bench: Bench): Outgoing;
}

// Without the u flag on purpose: each half of a surrogate pair is escaped by itself.
const NON_ASCII_UNIT = /[\u0080-\uffff]/g;
const HEX_RADIX = 16;
const ESCAPE_DIGITS = 4;
const SECOND_MS = 1_000;

/** As Python's `json.dumps` writes an object of texts: `", "`, `": "` and all but ASCII as `\uXXXX`. */
function pythonDumps(event: object): string {
  const fields = Object.entries(event).map(
    ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{${fields.join(', ')}}`.replace(
    NON_ASCII_UNIT,
    (unit) => `\\u${unit.charCodeAt(0).toString(HEX_RADIX).padStart(ESCAPE_DIGITS, '0')}`,
  );
}

/** A body over several lines with the signature of what a framework would write it anew as. */
function rewrittenBy(name: string, rewrite: (event: object) => string | Buffer): Suspect {
  return {
    topic: 'reserialised',
    proof: `yet a body is taken whose signature fits only what ${name} makes of it`,
    make(bench) {
      const event = bench.message();
      const { headers } = signWebhook({ secret: bench.config.secret, body: rewrite(event) });
      return { headers, rawBody: encodeBody(event, 'pretty') };
    },
  };
}

const bodyOnly: Suspect = {
  topic: 'body-only',
  proof: 'yet a signature over the body alone is taken',
  make(bench) {
    const { headers, rawBody } = bench.sign(bench.message());
    const hex = createHmac('sha256', bench.config.secret).update(rawBody).digest('hex');
    return { headers: { ...headers, [SIGNATURE_HEADER]: SIGNATURE_PREFIX + hex }, rawBody };
  },
};

function numberAsTimestamp(unit: string, unitMs: number): Suspect {
  return {
    topic: 'timestamp-iso',
    proof: `yet a timestamp in ${unit} since 1970 is taken`,
    make: (bench) => bench.sign(bench.message(), { timestamp: String(Math.floor(Date.now() / unitMs)) }),
  };
}

const suspects: readonly Suspect[] = [
  rewrittenBy('JSON.stringify', (event) => encodeBody(event, 'js')),
  rewrittenBy("Python's json.dumps", pythonDumps),
  rewrittenBy("PHP's json_encode", (event) => encodeBody(event, 'php')),
  bodyOnly,
  numberAsTimestamp('seconds', SECOND_MS),
  numberAsTimestamp('milliseconds', 1),
];

/** Tries every mistake that a receiver with the right secret is known to make, one after the other. */
export async function findCause(bench: Bench): Promise<Cause | undefined> {
  for (const suspect of suspects) {
    if (isAccepted(await bench.post(suspect.make(bench)))) return suspect;
  }
  return undefined;
}
