import { answerParent, tell } from '../harness/child.ts';
import { processorMicroseconds } from '../support/slice.ts';
import { listen, servers } from './servers.ts';

process.env.NODE_ENV = 'production';
const served = Object.entries(servers).find(([name]) => name === process.argv[2])?.[1];
if (served === undefined) throw new Error('There is no such server.');

answerParent(() => ({ processorMicroseconds: processorMicroseconds() }));
tell({ port: await listen(served.make) });
