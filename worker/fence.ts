import type { Pool, PoolClient } from 'pg';

/** Leadership of one deployment; `epoch` is the fencing token, raised at every take-over. */
export type Lease = { deploymentId: string; holder: string; epoch: bigint };

/** This worker no longer leads the deployment: nothing of the transaction was kept. */
export class Deposed extends Error {
  override name = 'Deposed';
  constructor(readonly lease: Lease) {
    super(`lease of ${lease.deploymentId} with epoch ${lease.epoch} is no longer held by ${lease.holder}`);
  }
}

/** A leader's transaction may not outlive its lease by much: whoever takes over waits for it. */
const LIMITS =
  "SET LOCAL statement_timeout = '6s'; SET LOCAL lock_timeout = '4s'; SET LOCAL idle_in_transaction_session_timeout = '6s'";

/**
 * A transaction in which the lease row is locked and checked first, by the database's clock: a take-over waits for it, and after
 * a take-over it fails. Everything a leader writes goes through here.
 * @throws Deposed when holder, epoch or expiry do not hold.
 */
export async function fenced<T>(pool: Pool, lease: Lease, write: (tx: PoolClient) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    await tx.query(`BEGIN; ${LIMITS}`);
    const { rowCount } = await tx.query(
      'SELECT 1 FROM lease WHERE deployment_id = $1 AND holder = $2 AND epoch = $3 AND expires_at > clock_timestamp() FOR SHARE',
      [lease.deploymentId, lease.holder, lease.epoch],
    );
    if (rowCount !== 1) throw new Deposed(lease);
    const result = await write(tx);
    await tx.query('COMMIT');
    return result;
  } catch (error) {
    await tx.query('ROLLBACK').catch((e: Error) => (broken = e));
    throw error;
  } finally {
    tx.release(broken);
  }
}
