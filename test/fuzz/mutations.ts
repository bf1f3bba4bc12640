import { createHash, createHmac } from 'node:crypto';

/** What a delivery is checked by. */
export interface Forged {
  readonly signature: string;
  readonly timestamp: string;
  readonly body: Buffer;
}

/** A good delivery, what it was signed with, and chance. */
export interface Material {
  readonly good: Forged;
  readonly secret: string;
  /** A good delivery of another body, same secret. */
  readonly other: Forged;
  /** A whole number from 0 to below. */
  readonly chance: (below: number) => number;
}

type Mutation = (material: Material) => Partial<Forged>;

const PREFIX = 'sha256=';
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const PREFIXES: readonly string[] = [
  '',
  'SHA256=',
  'Sha256=',
  'sha1=',
  'sha512=',
  'sha256:',
  'sha256',
  'sha256==',
  'sha-256=',
  'v1=',
  ' sha256=',
  'sha256= ',
  'sha256=0x',
  'sha256=sha256=',
  '\ufeffsha256=',
  'hmac-sha256=',
  'sha256=,sha256=',
  'none=',
];
const JUNK: readonly string[] = [
  ' ',
  '\n',
  '\t',
  '\0',
  '0',
  '00',
  'zz',
  ',',
  ', ',
  ';',
  '=',
  '\u200b',
  '\r\n',
  '%00',
  '#',
];

function hex({ good }: Material): string {
  return good.signature.slice(PREFIX.length);
}

function pick<T>(list: readonly T[], { chance }: Material): T {
  return list[chance(list.length)] as T;
}

function splice(text: string, at: number, remove: number, insert = ''): string {
  return text.slice(0, at) + insert + text.slice(at + remove);
}

function hmac(algorithm: string, key: string, ...parts: readonly (string | Buffer)[]): string {
  const made = createHmac(algorithm, key);
  for (const part of parts) made.update(part);
  return made.digest('hex');
}

/** The text is cut elsewhere: the same bytes are signed, but a part of the one is in the other. */
function cutElsewhere(material: Material): Partial<Forged> {
  const { timestamp, body } = material.good;
  const signed = Buffer.concat([Buffer.from(`${timestamp}.`), body]);
  const dots = [...signed.keys()].filter((at) => signed[at] === 0x2e);
  const at = pick(dots, material);
  return { timestamp: signed.subarray(0, at).toString('latin1'), body: signed.subarray(at + 1) };
}

/** Ways to change the signature alone. */
const ofSignature: readonly Mutation[] = [
  (m) => ({ signature: PREFIX + splice(hex(m), m.chance(64), 1, pick([...'0123456789abcdef'], m)) }),
  (m) => ({ signature: PREFIX + hex(m).toUpperCase() }),
  (m) => {
    const at = m.chance(64);
    return { signature: PREFIX + splice(hex(m), at, 1, (hex(m)[at] ?? '').toUpperCase()) };
  },
  (m) => ({ signature: pick(PREFIXES, m) + hex(m) }),
  (m) => ({ signature: m.good.signature.slice(0, m.chance(m.good.signature.length)) }),
  (m) => ({ signature: m.good.signature.slice(m.chance(m.good.signature.length)) }),
  (m) => ({ signature: m.good.signature + pick(JUNK, m) }),
  (m) => ({ signature: pick(JUNK, m) + m.good.signature }),
  (m) => ({ signature: splice(m.good.signature, m.chance(m.good.signature.length), 0, pick(JUNK, m)) }),
  (m) => ({ signature: `${m.good.signature}, ${pick([m.good, m.other], m).signature}` }),
  (m) => ({ signature: `${PREFIX}${'0'.repeat(64)}, ${m.good.signature}` }),
  (m) => ({
    signature: PREFIX + Buffer.from(hex(m), 'hex').toString(pick(['base64', 'base64url', 'latin1'], m)),
  }),
  (m) => ({ signature: m.other.signature }),
  (m) => ({ signature: PREFIX + [...hex(m)].reverse().join('') }),
  (m) => ({ signature: PREFIX + pick([...'0f'], m).repeat(64) }),
  (m) => ({ signature: PREFIX + hmac('sha256', m.secret, m.good.body) }),
  (m) => ({ signature: PREFIX + hmac('sha256', m.secret, m.good.timestamp, m.good.body) }),
  (m) => ({ signature: PREFIX + hmac('sha256', m.secret, m.good.body, '.', m.good.timestamp) }),
  (m) => ({ signature: PREFIX + hmac('sha256', '', m.good.timestamp, '.', m.good.body) }),
  (m) => ({ signature: PREFIX + hmac('sha256', `${m.secret}\n`, m.good.timestamp, '.', m.good.body) }),
  (m) => ({ signature: `sha512=${hmac('sha512', m.secret, m.good.timestamp, '.', m.good.body)}` }),
  (m) => ({ signature: PREFIX + hmac('sha512', m.secret, m.good.timestamp, '.', m.good.body).slice(0, 64) }),
  // What a length extension attack would start from.
  (m) => ({ signature: PREFIX + createHash('sha256').update(m.secret).update(m.good.body).digest('hex') }),
];

/** Ways to change the timestamp alone. */
const ofTimestamp: readonly Mutation[] = [
  (m) => ({ timestamp: String(Number(m.good.timestamp) + 1 + m.chance(300)) }),
  (m) => ({ timestamp: new Date(Date.parse(m.good.timestamp) || Number(m.good.timestamp)).toISOString() }),
  (m) => ({ timestamp: m.other.timestamp }),
  (m) => ({ timestamp: m.good.timestamp + pick(JUNK, m) }),
  (m) => ({ timestamp: pick(JUNK, m) + m.good.timestamp }),
  (m) => ({ timestamp: `${m.good.timestamp}, ${m.good.timestamp}` }),
  (m) => ({ timestamp: splice(m.good.timestamp, m.chance(m.good.timestamp.length), 1) }),
  (m) => ({
    timestamp: splice(m.good.timestamp, m.chance(m.good.timestamp.length), 1, String(m.chance(10))),
  }),
  (m) => ({ timestamp: m.good.timestamp.replace('Z', '+00:00') }),
];

/** Ways to change the body alone. */
const ofBody: readonly Mutation[] = [
  (m) => {
    const body = Buffer.from(m.good.body);
    const bit = m.chance(body.length * 8);
    body[bit >> 3] = (body[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return { body };
  },
  (m) => {
    const at = m.chance(m.good.body.length);
    return { body: Buffer.concat([m.good.body.subarray(0, at), m.good.body.subarray(at + 1)]) };
  },
  (m) => {
    const at = m.chance(m.good.body.length + 1);
    const { body } = m.good;
    return { body: Buffer.concat([body.subarray(0, at), Buffer.of(m.chance(256)), body.subarray(at)]) };
  },
  (m) => ({ body: m.good.body.subarray(0, m.chance(m.good.body.length)) }),
  (m) => ({ body: m.other.body }),
  (m) => ({ body: Buffer.concat([BYTE_ORDER_MARK, m.good.body]) }),
  (m) => ({ body: Buffer.from(`${m.good.body.toString('utf8')}${pick(JUNK, m)}`) }),
  (m) => ({ body: Buffer.from(JSON.stringify(JSON.parse(m.good.body.toString('utf8')), null, 1)) }),
  (m) => ({ body: Buffer.from(m.good.body.toString('utf8').replace('}', ',"from":"+966500000000"}')) }),
  (m) => ({ body: Buffer.concat([m.good.body, m.good.body]) }),
];

const all: readonly Mutation[] = [...ofSignature, ...ofTimestamp, ...ofBody, cutElsewhere];

/**
 * Makes a forgery out of a good delivery: one thing changed, or several.
 *
 * @returns `undefined` where the changes happen to give the good delivery again.
 */
export function forge(material: Material): Forged | undefined {
  const { good, chance } = material;
  let forged = good;
  const changes = chance(4) === 0 ? 2 : 1;
  for (let change = 0; change < changes; change += 1)
    forged = { ...forged, ...pick(all, material)(material) };
  const same =
    forged.signature === good.signature &&
    forged.timestamp === good.timestamp &&
    forged.body.equals(good.body);
  const isOther = forged.signature === material.other.signature && forged.body.equals(material.other.body);
  return same || (isOther && forged.timestamp === material.other.timestamp) ? undefined : forged;
}
