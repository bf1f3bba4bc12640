import { PATH } from '../support/hosts.ts';

/** How a body is framed: rightly, with a lie, or in a way that HTTP does not know. */
export type Framing =
  | 'length'
  | 'chunked'
  | 'trailers'
  | 'too-long'
  | 'too-short'
  | 'broken-chunk'
  | 'both'
  | 'two-lengths'
  | 'folded'
  | 'two-signatures'
  | 'no-length-name';

/** Every {@link Framing}. */
export const framings: readonly Framing[] = [
  'length',
  'chunked',
  'trailers',
  'too-long',
  'too-short',
  'broken-chunk',
  'both',
  'two-lengths',
  'folded',
  'two-signatures',
  'no-length-name',
];

/** One upload of a delivery. */
export interface Upload {
  readonly framing: Framing;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly chunkSizes: readonly number[];
  readonly forged: boolean;
  /** A good signature of the body, which comes too late to count. */
  readonly trailer: string;
}

const SIGNATURE = 'x-whatsapp-gateway-signature';

function chunked(body: Buffer, sizes: readonly number[], extension: string): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const size = sizes[chunks.length % sizes.length] ?? 1;
    const part = body.subarray(at, at + size);
    chunks.push(
      Buffer.concat([Buffer.from(`${part.length.toString(16)}${extension}\r\n`), part, Buffer.from('\r\n')]),
    );
    at += size;
  }
  return chunks;
}

function linesOf({ framing, headers, body }: Upload): string[] {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const length = `content-length: ${body.length}`;
  const chunks = 'transfer-encoding: chunked';
  switch (framing) {
    case 'too-long':
      return [...lines, `content-length: ${body.length + 5}`];
    case 'too-short':
      return [...lines, `content-length: ${body.length - 5}`];
    case 'both':
      return [...lines, length, chunks];
    case 'two-lengths':
      return [...lines, `content-length: ${body.length - 1}`, length];
    case 'folded':
      return [
        ...lines.map((line) => (line.startsWith(SIGNATURE) ? line.replace(': ', ':\r\n ') : line)),
        length,
      ];
    case 'two-signatures':
      return [...lines, `${SIGNATURE}: sha256=${'0'.repeat(64)}`, length];
    case 'no-length-name':
      return [...lines, `content-length : ${body.length}`];
    case 'length':
      return [...lines, length];
    default:
      return [...lines, chunks];
  }
}

function framedBody({ framing, trailer, body, chunkSizes }: Upload): Buffer {
  switch (framing) {
    case 'chunked':
    case 'both':
      return Buffer.concat([...chunked(body, chunkSizes, ''), Buffer.from('0\r\n\r\n')]);
    case 'trailers': {
      const last = `0\r\n${SIGNATURE}: ${trailer}\r\nx-other: 1\r\n\r\n`;
      return Buffer.concat([...chunked(body, chunkSizes, ';name=value'), Buffer.from(last)]);
    }
    case 'broken-chunk':
      return Buffer.concat([...chunked(body, chunkSizes, ''), Buffer.from('xyz\r\n{}\r\n0\r\n\r\n')]);
    default:
      return body;
  }
}

/** The bytes of the upload as they go over the wire. */
export function uploadBytes(upload: Upload): Buffer {
  const head = ['Host: localhost', 'Connection: close', ...linesOf(upload)].join('\r\n');
  return Buffer.concat([
    Buffer.from(`POST ${PATH} HTTP/1.1\r\n${head}\r\n\r\n`, 'latin1'),
    framedBody(upload),
  ]);
}
