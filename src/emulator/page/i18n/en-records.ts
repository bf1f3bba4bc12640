import { counted } from './plural.ts';

const age = counted('en', { one: '# second', other: '# seconds' });

/** The texts of a record's details. */
export const enRecords = {
  pending: 'Pending',
  delivered: 'Delivered',
  failedState: 'Failed',
  dropped: 'Dropped',
  noAnswer: 'No answer',
  attempts: counted('en', { one: '# attempt', other: '# attempts' }),
  attempt: (number: number) => `Attempt ${number}`,
  nextAttempt: 'Next attempt at',
  noAttempt: 'Not tried yet.',
  underWay: 'Under way…',
  family: 'Deliveries of this event',
  original: 'Original',
  resend: 'Resend',
  resendRetry: 'Retry',
  resendRetryTitle: 'The same event, signed anew now',
  resendExact: 'Same bytes',
  resendExactTitle: 'The same bytes and headers, old signature and timestamp included',
  resendEdited: 'Edit…',
  resendEditedTitle: 'Another body, signed anew',
  editTitle: 'Edit and resend',
  editText: 'The body is sent exactly as it stands here, signed anew.',
  editLabel: 'Body',
  editLayout: 'Lay out',
  notJson: 'This is not JSON. It can be sent all the same.',
  editSend: 'Send edited',

  request: 'Request',
  response: 'Response',
  answer: 'Answer',
  noResponse: 'The app sent no answer.',
  noAnswerText: 'The app was left without an answer, as the fault wanted.',
  headers: 'Headers',
  body: 'Body',
  emptyBody: 'Empty',
  asSent: 'As sent',
  laidOut: 'Laid out',
  state: 'State',
  time: 'Time',
  duration: 'Took',
  messageId: 'Message id',
  purpose: 'Purpose',
  why: 'Why',
  hint: 'Likely cause',

  signature: 'Signature',
  signedText: 'What is signed',
  signedParts: 'timestamp header, dot, body: byte for byte',
  expected: 'Expected',
  received: 'Sent',
  nothingSent: 'No signature header',
  timestamp: 'Timestamp',
  noTimestamp: 'No timestamp header',
  ageOld: (seconds: number) => `${age(seconds)} old when sent`,
  ageAhead: (seconds: number) => `${age(seconds)} ahead when sent`,
  differsAt: (place: number) => `First difference at character ${place}`,
  verdicts: {
    right: 'Right: the signature belongs to these bytes and the timestamp is recent.',
    'no-timestamp': 'No timestamp was sent. A receiver must refuse this with 401.',
    missing: 'No signature was sent. A receiver must refuse this with 401.',
    'too-short': 'The signature was cut short. A receiver must refuse this with 401.',
    different: 'Wrong: the signature does not belong to these bytes. A receiver must refuse this with 401.',
    'too-old':
      'The signature is right, but the timestamp is more than 300 seconds old: a replay. A receiver should refuse this with 401.',
    'too-new':
      'The signature is right, but the timestamp is more than 300 seconds ahead. A receiver should refuse this with 401.',
  },
  checks: {
    agrees: '',
    unknown: '',
    'refused-right':
      'Yet the app answered 401: it has another secret, or something rewrote the body before it was checked.',
    'refused-moved':
      'Yet the app answered 401: the emulator’s clock is ahead, and the app’s own was not moved along with it.',
    'accepted-wrong': 'Yet the app accepted it: its signature check is missing or too lax.',
  },
};

export type RecordTexts = typeof enRecords;
