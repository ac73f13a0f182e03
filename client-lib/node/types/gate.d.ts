/** A gate lets so many in at a time, in the order in which they came. */
export declare class Gate {
    #private;
    /** @param {number} most */
    constructor(most: number);
    /**
     * @template T
     * @param {() => Promise<T>} task
     * @returns {Promise<T>}
     */
    run<T>(task: () => Promise<T>): Promise<T>;
}
