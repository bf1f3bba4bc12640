import type { AdviceTexts } from './texts.ts';

/** What is wrong with large bodies and unusual ways of sending. */
export type BodyTopic = 'large-refused' | 'large' | 'slow-body' | 'chunked';

/** Bodies that are large or come in an unusual way. */
export const bodyAdvice: Readonly<Record<BodyTopic, AdviceTexts>> = {
  'large-refused': {
    general:
      'Raise the body limit to 1 MiB: the longest WhatsApp message (65,536 characters, assumed) is 400 KB where ' +
      'Arabic is written as \\uXXXX, and one that is refused is lost.',
    express:
      "Raise the limit of this route's parser to 1 MiB: express.raw({ limit: '1mb' }); 100 KB is the default.",
    ours: 'Raise bodyLimitBytes, or leave it out for 1 MiB; see also whether a parser above has a limit of its own.',
  },
  large: {
    general:
      'Take bodies up to 1 MiB; above your limit answer 413, and read the rest of the body before the connection is ' +
      'closed, or the sender never sees the answer. Look also at the length of database columns.',
  },
  'slow-body': {
    general:
      'A body comes in as many pieces as the network likes. Collect the bytes up to Content-Length, and only then ' +
      'check and decode: a letter may be cut in two (Node: Buffer.concat, never text += chunk).',
  },
  chunked: {
    general:
      'It is not known whether the gateway ever sends Transfer-Encoding: chunked, but a proxy in between may. Use a ' +
      'server that understands it, put a buffering proxy in front, or answer 411.',
  },
};
