/** Characters that the server takes (`MAX_NAME`, `MAX_NOTES` of queries/words.py). */

export const MOST_OF_NAME = 200;
export const MOST_OF_NOTES = 10_000;
