/** Tells a simulation of one host to do something, as LabHost.control does. Resolves to its JSON answer. */
export type Control = (service: 'egress' | 'ingress', act: string, body?: unknown) => Promise<unknown>;

export interface PeopleOptions {
  /** The load balancer, http or ws: clients reconnect to the address that they were given. */
  livekitUrl: string;
  apiKey: string;
  apiSecret: string;
  /** Names, or how many; clients are in the first ones, two or more in each, the others stay without people. */
  rooms: number | readonly string[];
  clients: number;
  log: (line: string) => void;
  /** Simulations of the media hosts, by turns; needed for egress and ingress. */
  controls?: readonly Control[];
  /** How many rooms begin with a simulated recording, and with a simulated ingress. */
  egress?: number;
  ingress?: number;
}

export interface Client {
  identity: string;
  room: string;
  state: 'connecting' | 'connected' | 'reconnecting' | 'disconnected';
  /** All times in ms since 1970. */
  joinedAt: number;
  /** Every loss of the connection that the client mended by itself; `tookMs` is missing while it lasts. */
  reconnects: { at: number; tookMs?: number }[];
  /** Set when it is out for good. The reason is LiveKit's by name: CLIENT_INITIATED, SERVER_SHUTDOWN, … or PROCESS_ENDED. */
  disconnect?: { at: number; reason: string };
}

export interface Counters {
  connected: number;
  reconnecting: number;
  /** Since the start, over all clients. */
  reconnects: number;
  disconnects: Record<string, number>;
}

export interface People {
  /** False where rtc-node cannot be loaded: then there are only rooms without people, and `why` says so. */
  readonly real: boolean;
  readonly why?: string;
  /** Of the process that holds the participants. */
  readonly pid?: number;
  rooms(): string[];
  /** Everybody who ever joined, the departed included. */
  clients(): Client[];
  counters(): Counters;
  createRoom(name: string, nodeId?: string): Promise<void>;
  deleteRoom(name: string): Promise<void>;
  /** Resolves when the client publishes; rejects with what the server or rtc-node said. */
  join(room: string, identity?: string): Promise<Client>;
  leave(identity: string): Promise<void>;
  /** While on: every few seconds one client leaves, one joins (up to the number at the start), one extra room comes or goes. */
  churn(on: boolean, everyMs?: number): void;
  startEgress(room: string): Promise<string>;
  stopEgress(egressId: string): Promise<void>;
  startIngress(room: string): Promise<string>;
  stopIngress(ingressId: string): Promise<void>;
  /** Everybody leaves; rooms stay. Leaves no process behind. */
  stop(): Promise<void>;
}
