import { benches } from './benches.ts';
import { tell } from './harness/child.ts';

const load = benches[process.argv[2] ?? ''];
if (load === undefined) throw new Error('There is no such bench.');
const bench = await load();
tell({ title: bench.title, report: await bench.run() });
process.disconnect();
