import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type Document, deserialize, serialize } from 'bson';
import { Query } from 'mingo';
import { updateMany, updateOne } from 'mingo/updater';

/**
 * A stand-in for MongoDB, because no package holds the real one: mongoose and its driver are real, and speak their
 * protocol (OP_MSG) over a socket; filters and updates are mingo's, which follow MongoDB's. It keeps documents in
 * memory, is one server with no transactions, and of indexes knows only the one on `_id`.
 */
export interface MongoServer {
  readonly url: string;
  close(): Promise<void>;
}

const OP_MSG = 2013;
const HEADER_BYTES = 16;
const FLAGS_BYTES = 4;
const DUPLICATE_KEY = 11_000;
const HELLO = {
  isWritablePrimary: true,
  helloOk: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 25,
  readOnly: false,
};

/** One command: the body, with the documents of other sections under their names. */
function readCommand(message: Buffer): Document {
  let command: Document = {};
  let offset = HEADER_BYTES + FLAGS_BYTES;
  while (offset < message.length) {
    const kind = message.readUInt8(offset);
    const size = message.readInt32LE(offset + 1);
    const section = message.subarray(offset + 1, offset + 1 + size);
    if (kind === 0) command = { ...command, ...deserialize(section, { promoteBuffers: true }) };
    else {
      const nameEnd = section.indexOf(0, 4);
      const documents: Document[] = [];
      for (let at = nameEnd + 1; at < section.length; at += section.readInt32LE(at)) {
        documents.push(deserialize(section.subarray(at, at + section.readInt32LE(at))));
      }
      command[section.toString('utf8', 4, nameEnd)] = documents;
    }
    offset += 1 + size;
  }
  return command;
}

function writeReply(requestId: number, reply: Document): Buffer {
  const body = serialize({ ok: 1, ...reply }, { ignoreUndefined: true });
  const head = Buffer.alloc(HEADER_BYTES + FLAGS_BYTES + 1);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(requestId, 8);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, body]);
}

/** Applies one statement of an `update` command. Answers how many matched, how many changed, and a new `_id`. */
function applyUpdate(documents: Document[], { q, u, multi, upsert }: Document) {
  const { $setOnInsert, ...modifier } = u;
  const hasChanges = Object.keys(modifier).length > 0;
  const matched = new Query(q, {}).find(documents).all().length;
  if (matched > 0 || !upsert) {
    const run = multi ? updateMany : updateOne;
    return { n: matched, nModified: hasChanges ? run(documents, q, modifier).modifiedCount : 0 };
  }
  const inserted = { ...q, ...$setOnInsert };
  if (hasChanges) updateOne([inserted], {}, modifier);
  documents.push(inserted);
  return { n: 1, nModified: 0, upserted: inserted._id };
}

function answer(collections: Map<string, Document[]>, command: Document): Document {
  const [name = ''] = Object.keys(command);
  const documents = collections.get(command[name]) ?? [];
  switch (name) {
    case 'hello':
      return HELLO;
    case 'ping':
    case 'endSessions':
    case 'createIndexes':
      return {};
    case 'find': {
      const found = new Query(command.filter ?? {}, {}).find<Document>(documents).all();
      const firstBatch = found.slice(0, command.limit || undefined);
      return { cursor: { id: 0n, ns: `${command.$db}.${command.find}`, firstBatch } };
    }
    case 'insert':
      for (const [index, document] of command.documents.entries()) {
        if (documents.some(({ _id }) => String(_id) === String(document._id))) {
          return { n: index, writeErrors: [{ index, code: DUPLICATE_KEY, errmsg: 'E11000 duplicate key' }] };
        }
        documents.push(document);
        collections.set(command.insert, documents);
      }
      return { n: command.documents.length };
    case 'update': {
      const results = command.updates.map((update: Document) => applyUpdate(documents, update));
      collections.set(command.update, documents);
      const sum = (key: 'n' | 'nModified') =>
        results.reduce((total: number, result: { n: number; nModified: number }) => total + result[key], 0);
      const upserted = results.flatMap(({ upserted: _id }: Document, index: number) =>
        _id === undefined ? [] : { index, _id },
      );
      return { n: sum('n'), nModified: sum('nModified'), ...(upserted.length > 0 && { upserted }) };
    }
    case 'delete': {
      collections.delete(command.delete);
      return { n: documents.length };
    }
    default:
      return { ok: 0, code: 59, codeName: 'CommandNotFound', errmsg: `no such command: ${name}` };
  }
}

/** Starts one on a free port. Its clients must say `serverApi: '1'`, so that they begin with OP_MSG. */
export async function startMongoServer(): Promise<MongoServer> {
  const collections = new Map<string, Document[]>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= HEADER_BYTES && received.length >= received.readInt32LE(0)) {
        const message = received.subarray(0, received.readInt32LE(0));
        received = received.subarray(message.length);
        if (message.readInt32LE(12) !== OP_MSG) throw new Error('Only OP_MSG is spoken here.');
        socket.write(writeReply(message.readInt32LE(4), answer(collections, readCommand(message))));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return {
    url: `mongodb://127.0.0.1:${address.port}/shop`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
