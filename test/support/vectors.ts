import { readFileSync } from 'node:fs';
import { SIGNATURE_HEADER, TIMESTAMP_HEADER } from '../../src/protocol.ts';

/** A delivery of `test/vectors`, which were computed in Python, independently of this project. */
export interface Vector {
  readonly name: string;
  readonly secret: string;
  readonly headers: Record<string, string>;
  readonly rawBody: Buffer;
  /** The error code expected, or `undefined` for a good delivery. */
  readonly reason: string | undefined;
}

interface VectorFile {
  readonly now: string;
  readonly deliveries: readonly {
    readonly name: string;
    readonly secret: string;
    readonly timestamp: string;
    readonly bodyBase64: string;
    readonly signature: string;
    readonly valid: boolean;
    readonly reason?: string;
  }[];
}

const file = new URL('../vectors/webhook-deliveries.json', import.meta.url);
const content: VectorFile = JSON.parse(readFileSync(file, 'utf8'));

/** The clock that the vectors are made for. */
export const vectorsNow = (): number => Date.parse(content.now);

export const vectors: readonly Vector[] = content.deliveries.map((delivery) => ({
  name: delivery.name,
  secret: delivery.secret,
  headers: {
    'content-type': 'application/json',
    [TIMESTAMP_HEADER]: delivery.timestamp,
    [SIGNATURE_HEADER]: delivery.signature,
  },
  rawBody: Buffer.from(delivery.bodyBase64, 'base64'),
  reason: delivery.valid ? undefined : (delivery.reason ?? 'a vector without a reason'),
}));
