import type { DeploymentSettings, SecretKind } from '@/lib/contract/inventory';
import type { Platform, Role, Source } from '@/lib/contract/names';
import type { Detected } from '@/lib/rules/detected';
import type { Probe } from '@/lib/rules/health';
import type {
  ContainerEvent,
  HostReading,
  HttpReading,
  LivekitReading,
  MongoReading,
  PresenceReading,
  RedisReading,
  SentinelReading,
} from '@/lib/rules/readings';

export type InventoryNode = {
  id: string;
  name: string;
  role: Role;
  address: string;
  desired: 'serving' | 'stopped';
  declared: boolean;
  discoveredAt: number | null;
};

/** What an operator declared and Signalbox found, with the secrets opened: lives in memory of the leader only. */
export type Inventory = {
  id: string;
  slug: string;
  name: string;
  platform: Platform;
  rev: number;
  settings: DeploymentSettings;
  nodes: InventoryNode[];
  /** Of addresses an operator forgot: seen again, they come back. */
  forgotten: InventoryNode[];
  nodeRevs: ReadonlyMap<string, number>;
  secrets: Partial<Record<SecretKind, string>>;
  /** Secrets that are stored and cannot be opened: kind → why. */
  unopened: Partial<Record<SecretKind, string>>;
  hostKeys: { endpoint: string; algorithm: string; fingerprint: string }[];
};

export type NodeAddress = Pick<InventoryNode, 'id' | 'name' | 'role' | 'address'>;

export type StreamHandlers = {
  tick: (reading: HostReading) => void;
  event: (event: ContainerEvent) => void;
  /** Once, when the stream ends or never began; afterwards nothing more comes. */
  end: (error: string) => void;
};
export type NodeStream = { poke: () => void; close: () => void };

/**
 * The ways to one deployment. Each read rejects with a sentence when it fails; none retries: its clock does. Tests give fakes.
 */
export type Links = {
  /** Which kinds were given; the rest is unknown and says how to add it. */
  configured: Record<Source, boolean>;
  redis: (signal: AbortSignal) => Promise<RedisReading>;
  /** @param rooms names whose hosts are counted */
  presence: (rooms: string[], signal: AbortSignal) => Promise<PresenceReading>;
  sentinel: (signal: AbortSignal) => Promise<SentinelReading>;
  mongo: (signal: AbortSignal) => Promise<MongoReading>;
  livekit: (signal: AbortSignal) => Promise<LivekitReading>;
  /** The config files of the first master that can be read; asked only where `stream` is configured. No secret leaves it. */
  configFiles: (signal: AbortSignal) => Promise<Detected>;
  /** Never rejects for an answer, a refusal or silence: these are readings. */
  http: (node: NodeAddress, probes: Probe[], signal: AbortSignal) => Promise<HttpReading[]>;
  stream: (node: NodeAddress, handlers: StreamHandlers) => NodeStream;
  close: () => Promise<void>;
};
export type OpenLinks = (inventory: Inventory) => Links;
