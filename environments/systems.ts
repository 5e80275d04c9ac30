import type { DomainSettings, Environment } from "./environment";

/** Settings that systems of any kind have. */
interface AnySettings {
  readonly region: string;
  readonly domain?: DomainSettings;
}

/** `userDirectory` is the system `user-directory`. */
const systemOf = (setting: string): string => setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The settings of an environment's systems, by their names: all that say a region, but for the account's. */
const settingsBySystem = ({ account: _, ...settings }: Environment): [system: string, settings: AnySettings][] =>
  Object.entries(settings).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "object" && value !== null && "region" in value ? [[systemOf(name), value as AnySettings]] : [],
  );

/** The systems of an environment, and where each runs: name → region. */
export const regionsBySystem = (environment: Environment): Readonly<Record<string, string>> =>
  Object.fromEntries(settingsBySystem(environment).map(([system, { region }]) => [system, region]));

/** The zones of Route 53 that the systems' domains are in. */
export const hostedZonesOf = (environment: Environment): readonly string[] => [
  ...new Set(settingsBySystem(environment).flatMap(([, { domain }]) => (domain ? [domain.hostedZoneId] : []))),
];
