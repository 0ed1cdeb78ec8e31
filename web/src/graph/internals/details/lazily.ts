/** What stands in the details of heads and links, in one piece that loads when it is needed. */
export { HeadDetail } from "./HeadDetail";
export { LinkHeads } from "./LinkHeads";
