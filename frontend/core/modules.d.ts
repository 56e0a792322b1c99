declare module "*.css";
declare module "htmx.org/dist/ext/hx-alpine-compat.js";
declare module "@alpinejs/csp" {
  import type { Alpine } from "alpinejs";

  const alpine: Alpine;
  export default alpine;
}
declare module "@alpinejs/focus" {
  import type { PluginCallback } from "alpinejs";

  const plugin: PluginCallback;
  export default plugin;
}
