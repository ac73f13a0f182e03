/**
 * What an option may be: `text`, `any`, or a time in milliseconds between two bounds.
 *
 * @typedef {'any' | readonly [least: number, most: number]} Bounds
 */

const ANY_TIME = /** @type {const} */ ([1, Number.POSITIVE_INFINITY]);

/** @type {Record<string, Bounds>} */
export const CONNECT = {
  client: 'any',
  version: 'any',
  ttlMs: [1000, 60_000],
  timeoutMs: ANY_TIME,
  closeTimeoutMs: ANY_TIME,
  firstPauseMs: ANY_TIME,
  longestPauseMs: ANY_TIME,
  tls: 'any',
  callCredentials: 'any',
  insecure: 'any',
  signal: 'any',
  clock: 'any',
  random: 'any',
};

/** @type {Record<string, Bounds>} */
export const CALL = { timeoutMs: ANY_TIME, signal: 'any' };

/** @type {Record<string, Bounds>} */
export const LOOKUP = { ...CALL, atLeast: 'any' };

/** @type {Record<string, Bounds>} */
export const HOLD = { ...LOOKUP, purpose: 'any' };

/** @type {Record<string, Bounds>} */
export const WATCH = {
  datastores: 'any',
  view: 'any',
  known: 'any',
  bookmarkIntervalMs: [1000, 60_000],
  bookmarks: 'any',
};

/**
 * Refuses what cannot be meant: an option that there is not, for example a time without its unit, and a time that is out of
 * its bounds.
 *
 * @template {object} T
 * @param {string} where
 * @param {T} options
 * @param {Record<string, Bounds>} known
 * @returns {T}
 */
export function checked(where, options, known) {
  for (const [name, value] of Object.entries(options)) {
    const bounds = known[name];
    if (bounds === undefined) {
      throw new TypeError(`${where} has no option '${name}'${hint(name, known)}`);
    }
    if (bounds !== 'any' && value !== undefined) {
      const [least, most] = bounds;
      if (typeof value !== 'number' || !(value >= least && value <= most)) {
        throw new RangeError(`${name}: ${String(value)} is not between ${least} and ${most} milliseconds`);
      }
    }
  }
  return options;
}

/**
 * @param {string} name
 * @param {Record<string, Bounds>} known
 */
function hint(name, known) {
  if (known[`${name}Ms`]) {
    return `: times are in milliseconds, give '${name}Ms'`;
  }
  if (name === 'caches') {
    return ': this library has no cache that could tell when it must be silent';
  }
  return '';
}
