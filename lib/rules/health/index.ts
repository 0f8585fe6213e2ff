export { deriveDeployment } from './deployment';
export { deriveNode } from './node';
export { containersOf } from './containers';
export type { Judged } from './quorum';
export type { DeploymentState, Figures, NodeSnapshot, NodeState, Probe, ProbeState, Service, Signal, Snapshot } from './snapshot';
