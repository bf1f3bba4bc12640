import { describe, expect, it, vi } from 'vitest';
import { type MemoryClaim, MemoryClaims } from '../../src/deliveries/memory-claims.ts';

const MINUTE_MS = 60_000;

function claimsWithClock(maxEntries = 10) {
  let at = 1_000_000;
  const claims = new MemoryClaims(maxEntries, () => at);
  return {
    claims,
    passTime: (milliseconds: number) => {
      at += milliseconds;
    },
    take: (key: string, leaseMs = MINUTE_MS): MemoryClaim => {
      const claimed = claims.claim(key, leaseMs);
      if (typeof claimed === 'string') throw new Error(`It was ${claimed}.`);
      return claimed;
    },
  };
}

describe('MemoryClaims', () => {
  it('answers at once, and so does how a claim ends', () => {
    const { claims, take } = claimsWithClock();
    expect(take('a').complete(MINUTE_MS)).toBeUndefined();
    expect(take('b').release()).toBeUndefined();
    expect(claims.claim('a', MINUTE_MS)).toBe('done');
    expect(typeof claims.claim('b', MINUTE_MS)).toBe('object');
    expect(claims.claim('b', MINUTE_MS)).toBe('in_flight');
  });

  it('remembers a delivery for as long as it was told, and no longer', () => {
    const { claims, passTime, take } = claimsWithClock();
    take('a').complete(1_000);
    passTime(999);
    expect(claims.claim('a', MINUTE_MS)).toBe('done');
    passTime(1);
    expect(typeof claims.claim('a', MINUTE_MS)).toBe('object');
  });

  it.each([
    ['completed', (claim: MemoryClaim) => claim.complete(MINUTE_MS), 'done'],
    ['released', (claim: MemoryClaim) => claim.release(), undefined],
  ])('a claim that was %s cannot end a second time', (_name, end, result) => {
    const { claims, passTime, take } = claimsWithClock();
    const claim = take('a');
    end(claim);
    passTime(MINUTE_MS / 2);
    claim.release();
    claim.complete(10 * MINUTE_MS);
    expect(claims.size).toBe(result === 'done' ? 1 : 0);
    passTime(MINUTE_MS / 2);
    take('a');
  });

  it.each([
    ['completed', (claim: MemoryClaim) => claim.complete(MINUTE_MS)],
    ['released', (claim: MemoryClaim) => claim.release()],
  ])('a claim whose lease is another’s changes nothing when it is %s', (_name, end) => {
    const { claims, passTime, take } = claimsWithClock();
    const first = take('a', 1_000);
    passTime(1_000);
    const second = take('a');
    end(first);
    expect(claims.claim('a', MINUTE_MS)).toBe('in_flight');
    second.complete(MINUTE_MS);
    end(first);
    expect(claims.claim('a', MINUTE_MS)).toBe('done');
    expect(claims.size).toBe(1);
  });

  it('a claim whose lease ran out can still be completed when others came for other deliveries', () => {
    const { claims, passTime, take } = claimsWithClock();
    const first = take('a', 1_000);
    passTime(1_000);
    take('b');
    first.complete(MINUTE_MS);
    expect(claims.size).toBe(2);
    expect(claims.claim('a', MINUTE_MS)).toBe('done');
  });

  it('a claim whose lease ran out is the first to go when there is no room, and changes nothing any more', () => {
    const { claims, passTime, take } = claimsWithClock(2);
    const first = take('a', 1_000);
    take('done').complete(MINUTE_MS);
    passTime(1_000);
    take('b').release();
    expect(claims.claim('done', MINUTE_MS)).toBe('done');
    first.complete(MINUTE_MS);
    first.release();
    expect(claims.size).toBe(1);
    take('a');
  });

  it('a claim whose lease ran out can still be completed while nobody else came', () => {
    const { claims, passTime, take } = claimsWithClock();
    const claim = take('a', 1_000);
    passTime(1_000);
    claim.complete(MINUTE_MS);
    expect(claims.claim('a', MINUTE_MS)).toBe('done');
  });

  it('finds a claim only with the token that it was taken with', () => {
    const { claims } = claimsWithClock();
    const claim = claims.claim('a', MINUTE_MS, 'mine');
    expect(claims.find('a', 'mine')).toBe(claim);
    expect(claims.find('a', 'other')).toBeUndefined();
    expect(claims.find('b', 'mine')).toBeUndefined();
  });

  it('lets a claim run out when the clock failed as it was to be completed', () => {
    const clock = vi.fn(() => 1_000);
    const claims = new MemoryClaims(10, clock);
    const claim = claims.claim('a', MINUTE_MS);
    if (typeof claim === 'string') throw new Error(`It was ${claim}.`);
    clock.mockImplementationOnce(() => {
      throw new Error('no time');
    });
    expect(() => claim.complete(MINUTE_MS)).toThrow('no time');
    expect(claims.claim('a', MINUTE_MS)).toBe('in_flight');
    clock.mockReturnValue(1_000 + MINUTE_MS);
    expect(typeof claims.claim('a', MINUTE_MS)).toBe('object');
    expect(claims.size).toBe(1);
  });

  it('looks past a lease that did not end for one that did, when there is no room', () => {
    const { claims, passTime, take } = claimsWithClock(2);
    take('long', 10 * MINUTE_MS);
    take('short', 1_000);
    passTime(1_000);
    take('new');
    expect(claims.size).toBe(2);
    expect(claims.claim('long', MINUTE_MS)).toBe('in_flight');
  });
});
