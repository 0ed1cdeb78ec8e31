/** The API's records under their own names; the shapes are generated from its OpenAPI document. */
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type EdgesAnswer = Schemas["EdgesAnswer"];
export type FlowAnswer = Schemas["FlowAnswer"];
export type GraphRecord = Schemas["GraphRecord"];
export type GraphsAnswer = Schemas["GraphsAnswer"];
export type GroupStep = Schemas["GroupStep"];
export type Job = Schemas["Job"];
export type JobsAnswer = Schemas["JobsAnswer"];
export type ModelAnswer = Schemas["ModelAnswer"];
export type ModelsAnswer = Schemas["ModelsAnswer"];
export type NodesAnswer = Schemas["NodesAnswer"];
export type PathNode = Schemas["PathNode"];
export type PathsAnswer = Schemas["PathsAnswer"];
export type Problem = Schemas["Problem"];
export type RankedGroup = Schemas["RankedGroup"];
export type RankedPath = Schemas["RankedPath"];
export type ScoreAnswer = Schemas["ScoreAnswer"];
export type ScoresAnswer = Schemas["ScoresAnswer"];
export type GroupBy = PathsAnswer["group_by"];
export type Kind = PathNode["kind"];
export type ScoreName = PathsAnswer["score"];
