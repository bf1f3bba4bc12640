import { benches } from './benches.ts';
import { tell } from './harness/child.ts';

const [name = '', scale = '1'] = process.argv.slice(2);
const load = benches[name];
if (load === undefined) throw new Error('There is no such bench.');
const bench = await load();
tell({ title: bench.title, report: await bench.run(Number(scale)) });
process.disconnect();
