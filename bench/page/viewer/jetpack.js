// The viewer was written for an older d3-jetpack, whose charts drew their own axes. It shows its tooltips itself.
{
  const { conventions } = d3;
  d3.conventions = (options) => {
    const chart = conventions(options);
    chart.drawAxis = (parent) => d3.drawAxis({ ...chart, svg: parent ?? chart.svg });
    return chart;
  };
  d3.attachTooltip = () => {};
}
