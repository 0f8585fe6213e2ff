export { deriveDeployment } from './deployment';
export { deriveNode } from './node';
export { containersOf } from './containers';
export type { DeploymentState, NodeSnapshot, NodeState, Probe, ProbeState, Service, Snapshot } from './snapshot';
