// What the generated types must not take: each line here is an error, or the compiler says so.
import type { components } from "./node.js";

type Schemas = components["schemas"];

export function refused(project: Schemas["Project"], record: Schemas["Record"], status: Schemas["Status"]): void {
  // @ts-expect-error there is no such stage
  void (project.stage === "begun");
  // @ts-expect-error bids may be null before the opening
  void project.lots[0]!.bids.length;
  // @ts-expect-error nobody described this member
  void project.bidders;
  // @ts-expect-error a record that is not public has no envelope
  void record.envelope;
  // @ts-expect-error heights are numbers
  void status.height.toUpperCase();
  // @ts-expect-error the reason is one of two
  void (status.next_block.reason === "never");
}
