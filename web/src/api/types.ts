/** The API's records and requests under its own names; the shapes are generated from its OpenAPI document. */
import type { components, operations } from "./schema.gen";

type Schemas = components["schemas"];
/** The parameters of an operation that stand in its address. */
type Query<Name extends keyof operations> = NonNullable<operations[Name]["parameters"]["query"]>;

export type AnnotationReport = Schemas["AnnotationReport"];
export type ChangedFeature = Schemas["ChangedFeature"];
export type DonorAnswer = Schemas["DonorAnswer"];
export type DonorsAnswer = Schemas["DonorsAnswer"];
export type CircuitAnswer = Schemas["CircuitAnswer"];
export type CircuitQuestion = Query<"get_circuit">;
export type CypherRows = Schemas["CypherRows"];
export type DrawnAnswer = Schemas["DrawnAnswer"];
/** The server has a default for whatever is left out. */
export type DrawnQuestion = Partial<Schemas["DrawnQuestion"]>;
export type EdgesAnswer = Schemas["EdgesAnswer"];
export type Explanation = Schemas["Explanation"];
export type Faithfulness = Schemas["Faithfulness"];
export type FeatureExample = Schemas["FeatureExample"];
export type FeatureFacts = Schemas["FeatureFacts"];
export type FeatureGraph = Schemas["FeatureGraph"];
export type FeatureLabel = Schemas["FeatureLabel"];
export type FeatureLogit = Schemas["FeatureLogit"];
export type FeatureRecord = Schemas["FeatureRecord"];
export type FlowAnswer = Schemas["FlowAnswer"];
export type GraphAnswer = Schemas["GraphAnswer"];
export type GraphRecord = Omit<GraphAnswer, "collections" | "default_group_by">;
export type ImportAnswer = Schemas["ImportAnswer"];
export type GraphsAnswer = Schemas["GraphsAnswer"];
export type CollectionRecord = Schemas["CollectionRecord"];
export type CollectionsAnswer = Schemas["CollectionsAnswer"];
export type GroupStep = Schemas["GroupStep"];
export type Health = Schemas["Health"];
export type Histogram = Schemas["Histogram"];
export type Intervention = Schemas["Intervention"];
export type InterventionQuestion = Schemas["InterventionQuestion"];
export type InterventionsAnswer = Schemas["InterventionsAnswer"];
export type Job = Schemas["Job"];
export type LabelOrigin = Schemas["LabelOrigin"];
export type LabelSource = LabelOrigin["source"];
export type JobState = Schemas["JobState"];
export type JobsAnswer = Schemas["JobsAnswer"];
export type Message = Schemas["Message"];
export type Model = Schemas["ModelAnswer"];
export type ModelsAnswer = Schemas["ModelsAnswer"];
export type NodesAnswer = Schemas["NodesAnswer"];
export type Parameter = Schemas["Parameter"];
export type PathNode = Schemas["PathNode"];
export type PathEffect = Schemas["PathEffect"];
export type PathsAnswer = Schemas["PathsAnswer"];
export type PredictionAnswer = Schemas["PredictionAnswer"];
export type Prompt = Schemas["Prompt"];
export type QueriesAnswer = Schemas["QueriesAnswer"];
export type RankedGroup = Schemas["RankedGroup"];
export type RankedPath = Schemas["RankedPath"];
export type ViewAnswer = Schemas["ViewAnswer"];
export type ListedView = Schemas["ListedView"];
export type ViewState = Schemas["ViewState"];
export type ViewsAnswer = Schemas["ViewsAnswer"];
export type WrittenView = Schemas["WrittenView"];
export type ScoreAnswer = Schemas["ScoreAnswer"];
export type ScoresAnswer = Schemas["ScoresAnswer"];
export type TokensAnswer = Schemas["TokensAnswer"];
export type TracedPrompt = Schemas["TracedPrompt"];
export type TestedSequence = Schemas["TestedSequence"];
export type TokenChance = Schemas["TokenChance"];
export type Verification = Schemas["Verification"];
export type VerificationsAnswer = Schemas["VerificationsAnswer"];
export type VerifyQuestion = Schemas["VerifyQuestion"];
export type GroupBy = PathsAnswer["group_by"];
export type Kind = PathNode["kind"];
export type ScoreName = PathsAnswer["score"];
export type Op = ChangedFeature["op"];
export type Verdict = Schemas["TestedGroup"]["verdict"];

/** Which labels name features, and group them. */
export type LabelRule = NonNullable<Query<"get_nodes">["labels"]>;

export type FlowQuestion = Query<"get_flow">;
export type ImportQuery = Query<"import_graph">;
export type PathsQuestion = Query<"get_paths">;
/** The server knows how a trace is made where a job does not say; `ModelsAnswer` lists what it may say. */
export type JobRequest = Omit<Schemas["JobRequest"], "parameters"> & { parameters?: Readonly<Record<string, unknown>> };
export type SessionRequest = Schemas["SessionRequest"];
export type InternalsAnswer = Schemas["InternalsAnswer"];
/** The server has a default for whatever is left out. */
export type InternalsParameters = Partial<Schemas["InternalsParameters"]>;
export type InternalsPart = InternalsAnswer["parts"][number];
export type CostAnswer = Schemas["CostAnswer"];
export type Numbers = Schemas["Numbers"];
export type HeadAnswer = Schemas["HeadAnswer"];
export type HeadRecord = Schemas["HeadRecord"];
export type PatternKind = HeadAnswer["kind"];
export type LayerAnswer = Schemas["LayerAnswer"];
export type LinesAnswer = Schemas["LinesAnswer"];
export type ComponentsAnswer = Schemas["ComponentsAnswer"];
export type InformationFlowAnswer = Schemas["InformationFlowAnswer"];
export type FlowMeasure = InformationFlowAnswer["measure"];
export type HeadEdgesAnswer = Schemas["HeadEdgesAnswer"];
export type HeadLinksAnswer = Schemas["HeadLinksAnswer"];
export type LinkAnswer = Schemas["LinkAnswer"];
export type LinkPathsFound = Schemas["LinkPathsFound"];
export type CellQuestion = Omit<Schemas["CellQuestion"], "kind">;
export type ScorePairsFound = Schemas["ScorePairsFound"];
export type ScoreSource = Schemas["ScoreSource"];
export type SankeyAnswer = Schemas["SankeyAnswer"];
