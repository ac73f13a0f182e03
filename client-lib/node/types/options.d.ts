/**
 * What an option may be: `text`, `any`, or a time in milliseconds between two bounds.
 *
 * @typedef {'any' | readonly [least: number, most: number]} Bounds
 */
export type Bounds = 'any' | readonly [least: number, most: number];
/** @type {Record<string, Bounds>} */
export declare const CONNECT: Record<string, Bounds>;
/** @type {Record<string, Bounds>} */
export declare const CALL: Record<string, Bounds>;
/** @type {Record<string, Bounds>} */
export declare const LOOKUP: Record<string, Bounds>;
/** @type {Record<string, Bounds>} */
export declare const HOLD: Record<string, Bounds>;
/** @type {Record<string, Bounds>} */
export declare const WATCH: Record<string, Bounds>;
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
export declare function checked<T extends object>(where: string, options: T, known: Record<string, Bounds>): T;
