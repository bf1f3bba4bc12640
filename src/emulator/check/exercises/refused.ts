import { SIGNATURE_HEADER, SIGNATURE_PREFIX, TIMESTAMP_HEADER } from '../../../protocol.ts';
import { type SignatureTampering, tamperWithSignature } from '../../tamper.ts';
import type { AdviceTopic } from '../advice.ts';
import { isAccepted } from '../answer.ts';
import { type Bench, WRONG_SECRET } from '../bench.ts';
import { wantRefused } from '../judge.ts';
import { CHECK_TIMESTAMP_OFFSET_MS } from '../limits.ts';
import type { Outgoing } from '../post.ts';
import type { Exercise, Finding } from '../probe.ts';

interface BadProbe {
  readonly id: string;
  readonly title: string;
  readonly topic: AdviceTopic;
  make(bench: Bench): Outgoing;
}

const SECOND_MS = 1_000;
const MILLISECONDS = /\.\d{3}Z$/u;

function tampered(id: string, title: string, topic: AdviceTopic, tampering: SignatureTampering): BadProbe {
  return {
    id,
    title,
    topic,
    make(bench) {
      const outgoing = bench.sign(bench.message());
      const { [SIGNATURE_HEADER]: right = '', ...others } = outgoing.headers;
      const signature = tamperWithSignature(right, tampering);
      const headers = signature === undefined ? others : { ...others, [SIGNATURE_HEADER]: signature };
      return { ...outgoing, headers };
    },
  };
}

function signedAt(id: string, title: string, offsetMs: number): BadProbe {
  return {
    id,
    title,
    topic: 'tolerance',
    make: (bench) => bench.sign(bench.message(), { timestamp: Date.now() + offsetMs }),
  };
}

function upperCase(signature: string): string {
  return SIGNATURE_PREFIX + signature.slice(SIGNATURE_PREFIX.length).toUpperCase();
}

/** Other words of the same customer under a signature that was right for the first ones. */
function changeBody(bench: Bench): Outgoing {
  const event = bench.message();
  const signed = bench.sign(event);
  return { ...signed, rawBody: bench.sign({ ...event, message_text: bench.text() }).rawBody };
}

/** The signature of some seconds ago under the timestamp of now: both are in range, and only one was signed. */
function changeTimestamp(bench: Bench): Outgoing {
  const signed = bench.sign(bench.message(), { timestamp: Date.now() - 5 * SECOND_MS });
  const now = new Date().toISOString().replace(MILLISECONDS, 'Z');
  return { ...signed, headers: { ...signed.headers, [TIMESTAMP_HEADER]: now } };
}

const probes: readonly BadProbe[] = [
  {
    id: 'wrong-secret',
    title: 'A delivery signed with another secret is refused',
    topic: 'signature',
    make: (bench) => bench.sign(bench.message(), { secret: WRONG_SECRET }),
  },
  tampered('missing-signature', 'A delivery with no signature is refused', 'signature', 'missing'),
  tampered(
    'signature-trailing-junk',
    'A right signature with junk behind it is refused',
    'exact-compare',
    (signature) => `${signature}zz`,
  ),
  tampered('signature-upper-case', 'A right signature in upper case is refused', 'exact-compare', upperCase),
  tampered(
    'signature-truncated',
    'The beginning of a right signature is refused',
    'exact-compare',
    'truncated',
  ),
  {
    id: 'changed-body',
    title: 'A body that was changed after signing is refused',
    topic: 'signature',
    make: changeBody,
  },
  {
    id: 'changed-timestamp',
    title: 'A timestamp that was changed after signing is refused',
    topic: 'signed-timestamp',
    make: changeTimestamp,
  },
  signedAt('stale', 'A delivery signed an hour ago is refused', -CHECK_TIMESTAMP_OFFSET_MS),
  signedAt('future', 'A delivery signed an hour ahead is refused', CHECK_TIMESTAMP_OFFSET_MS),
];

/** Where even a forged signature is taken, the finer points of signatures are not what is wrong. */
function withCommonCause(findings: readonly Finding[]): readonly Finding[] {
  const [forged] = findings;
  if (!forged?.answers.some(isAccepted)) return findings;
  return findings.map((finding) =>
    finding.topic === 'exact-compare' || finding.topic === 'signed-timestamp'
      ? { ...finding, topic: 'signature' }
      : finding,
  );
}

/** What a receiver must refuse; one after the other, because the first says what the others mean. */
export const refusedExercise: Exercise = {
  probes: probes.map(({ id, title }) => ({ id, group: 'refused', title })),
  async run(bench) {
    const findings: Finding[] = [];
    for (const { topic, make } of probes) findings.push(wantRefused(await bench.post(make(bench)), topic));
    return withCommonCause(findings);
  },
};
