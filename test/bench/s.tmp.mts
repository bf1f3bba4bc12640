import { clients } from './send/clients.ts';
import { startChild } from './harness/child.ts';
const server = startChild(new URL('send/server.ts', import.meta.url)); const {port}=await server.next<any>();
const send=clients['createSender().send'](`http://127.0.0.1:${port}`);
let left=12000; await Promise.all(Array.from({length:50},async()=>{while(left-->0) await send()})); await server.stop(); process.exit();
