import type { Campaign } from '../campaign.ts';
import { bodies } from './bodies.ts';
import { chunkings } from './chunkings.ts';
import { forgeries } from './forgeries.ts';
import { gatewayAnswers } from './gateway-answers.ts';
import { headers } from './headers.ts';
import { options } from './options.ts';
import { phones } from './phones.ts';
import { timestamps } from './timestamps.ts';

/** Every campaign, in the order in which the program runs them. */
export const campaigns: readonly Campaign[] = [
  forgeries,
  headers,
  bodies,
  timestamps,
  chunkings,
  phones,
  gatewayAnswers,
  options,
];
