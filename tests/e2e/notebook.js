// What tests ask of JupyterLab in the page; `window.jupyterapp` is there by expose_app_in_browser.
(() => {
  const LIGHT = "JupyterLab Light";
  const started = new Map();

  function panel(name) {
    for (const widget of globalThis.jupyterapp?.shell.widgets("main") ?? []) {
      if (widget.context?.path === name && widget.content?.widgets) return widget;
    }
    return undefined;
  }

  function select(name, cell) {
    const found = panel(name);
    globalThis.jupyterapp.shell.activateById(found.id);
    found.content.deselectAll();
    found.content.activeCellIndex = cell;
    return found;
  }

  const key = (name, cell) => `${name} ${cell}`;
  const command = (id, options) => globalThis.jupyterapp.commands.execute(id, options);

  globalThis.e2e = {
    isLoaded: () => globalThis.jupyterapp?.restored.then(() => true),
    open: (name) => command("docmanager:open", { path: name }).then(() => undefined),
    async clear() {
      for (const widget of [...globalThis.jupyterapp.shell.widgets("main")]) widget.dispose();
      if (document.body.dataset.jpThemeName !== LIGHT) await e2e.useTheme("", LIGHT);
    },
    isReady(name) {
      const found = panel(name);
      const session = found?.sessionContext;
      return Boolean(
        found?.context.isReady && session?.isReady && session.session?.kernel?.status === "idle",
      );
    },
    start(name, cell) {
      select(name, cell);
      started.set(key(name, cell), false);
      command("notebook:run-cell").finally(() => started.set(key(name, cell), true));
    },
    isDone: (name, cell) => started.get(key(name, cell)) === true,
    count: (name) => panel(name).content.widgets.length,
    setSource(name, cell, source) {
      panel(name).content.widgets[cell].model.sharedModel.setSource(source);
    },
    status: (name) => panel(name).sessionContext.session?.kernel?.status ?? "none",
    interrupt: (name) => panel(name).sessionContext.session.kernel.interrupt(),
    restart: (name) => panel(name).sessionContext.restartKernel(),
    outputs: (name, cell) => panel(name).content.widgets[cell].model.outputs.toJSON(),
    isTrusted: (name, cell) => panel(name).content.widgets[cell].model.trusted,
    shutDown: (name) => panel(name).sessionContext.shutdown(),
    save: (name) => panel(name).context.save(),
    secondView(name, cell) {
      select(name, cell);
      return command("notebook:create-output-view");
    },
    useTheme: (_name, theme) => command("apputils:change-theme", { theme }),
  };
})();
