import { MIN_MASKED_CHARACTERS } from '../../protocol.ts';

const OWN_PREFIX = /^emu_[a-z]+_/u;
const SHOWN_CHARACTERS = 4;
const MIN_SHOWN_LENGTH = 16;

/** A key or secret as a dashboard shows it: enough to tell two apart, too little to use. */
export function maskSecret(secret: string): string {
  const [prefix = ''] = OWN_PREFIX.exec(secret) ?? [];
  const rest = secret.slice(prefix.length);
  return `${prefix}…${rest.length < MIN_SHOWN_LENGTH ? '' : rest.slice(-SHOWN_CHARACTERS)}`;
}

/** Takes secrets out of what is shown, wherever an app has put them. */
export interface Hide {
  /** Out of a text. */
  text(text: string): string;
  /** Out of bytes; the same ones where there is none in them. */
  bytes(bytes: Buffer): Buffer;
}

/** Makes it for some secrets, of which those too short to be told apart from other text are left. */
export function createHide(secrets: readonly string[]): Hide {
  const words = secrets.filter((secret) => secret.length >= MIN_MASKED_CHARACTERS);
  const text = (shown: string): string =>
    words.reduce((masked, word) => masked.replaceAll(word, maskSecret(word)), shown);
  return {
    text,
    bytes: (bytes) =>
      words.some((word) => bytes.includes(word)) ? Buffer.from(text(bytes.toString('utf8'))) : bytes,
  };
}
