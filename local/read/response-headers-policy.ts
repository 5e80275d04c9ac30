import type { Arguments } from "./arguments";
import type { Resource } from "./graph";

/** Headers, each with its value. */
export type Headers = readonly (readonly [name: string, value: string])[];

type Render = (settings: Arguments) => readonly [name: string, value: string];

function transportSecurity(settings: Arguments): string {
  const parts = [`max-age=${settings.number("access_control_max_age_sec")}`];
  if (settings.flag("include_subdomains")) parts.push("includeSubDomains");
  if (settings.flag("preload")) parts.push("preload");
  return parts.join("; ");
}

/** Renderings of CloudFront's security headers. */
const securityHeaders: Readonly<Record<string, Render>> = {
  content_type_options: () => ["X-Content-Type-Options", "nosniff"],
  frame_options: (settings) => ["X-Frame-Options", settings.text("frame_option")],
  referrer_policy: (settings) => ["Referrer-Policy", settings.text("referrer_policy")],
  content_security_policy: (settings) => ["Content-Security-Policy", settings.text("content_security_policy")],
  strict_transport_security: (settings) => ["Strict-Transport-Security", transportSecurity(settings)],
};

/** The headers that a response headers policy adds. */
export function policyHeaders(policy: Resource): Headers {
  policy.refuseOthers("id", "name", "comment", "security_headers_config");
  const security = policy.block("security_headers_config");
  return Object.keys(security?.attributes ?? {}).map((kind) => {
    const [settings, render] = [security?.block(kind), securityHeaders[kind]];
    if (!settings || !render) throw policy.notEmulated(kind);
    if (!settings.flag("override")) throw policy.notEmulated(`${kind} without override`);
    return render(settings);
  });
}
