import { FakeCluster } from './fake-cluster';
import { startWorker } from './test-deployment';

/** A worker process whose deployment is simulated within it: for tests that kill it. */
startWorker(process.env.DATABASE_URL ?? '', new FakeCluster(), `child-${process.pid}`);
