import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as main from 'express-whatsapp-gateway';
import * as testing from 'express-whatsapp-gateway/testing';
import { exercise } from './exercise.cjs';

const require = createRequire(import.meta.url);
assert.throws(() => require.resolve('express'), { code: 'MODULE_NOT_FOUND' });
await exercise({ main, testing, mount: (middleware) => middleware });
console.log('done');
