// What tests/browser/test_lab.py asks of a notebook's page; an object for each family of interfaces.
({
  // JupyterLab 4 and Notebook 7, which is made of it.
  lab: {
    panel() {
      return window.jupyterapp?.shell.currentWidget;
    },
    kernel() {
      return this.panel()?.sessionContext?.session?.kernel;
    },
    ready() {
      return this.kernel()?.connectionStatus === "connected" && this.kernel().status === "idle";
    },
    cells() {
      return this.panel().content.widgets.map((cell) => ({
        node: cell.node,
        source: cell.model.sharedModel.getSource(),
        tags: cell.model.getMetadata("tags") ?? [],
        count: cell.model.executionCount,
        outputs: cell.model.outputs?.toJSON() ?? [],
        code: cell.model.type === "code",
      }));
    },
    // Cells out of sight are not in the page.
    show(index) {
      return this.panel().content.scrollToItem(index, "center");
    },
  },

  // The Notebook as it was until version 6: nbclassic.
  classic: {
    ready() {
      const kernel = window.Jupyter?.notebook?.kernel;
      return Boolean(kernel?.is_connected() && !window.Jupyter.notebook.kernel_busy);
    },
    cells() {
      return window.Jupyter.notebook.get_cells().map((cell) => ({
        node: cell.element[0],
        source: cell.get_text(),
        tags: cell.metadata.tags ?? [],
        count: Number.isInteger(cell.input_prompt_number) ? cell.input_prompt_number : null,
        outputs: cell.output_area?.outputs ?? [],
        code: cell.cell_type === "code",
      }));
    },
    show(index) {
      this.cells()[index].node.scrollIntoView({ block: "center" });
    },
  },
})
