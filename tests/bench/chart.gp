# chart.gp FOLDER SVG TOOLS: the chart of bench, from the files speed and growth in FOLDER
folder = ARG1
tools = int(ARG3)
set terminal svg size 1000, 760 font "sans-serif,13" background "white"
set output ARG2
set datafile separator "\t"
set datafile missing "?"
set multiplot

set origin 0, 0.4
set size 1, 0.6
set label "records a second of one processor" at screen 0.5, 0.98 center
set style data histogram
set style histogram clustered gap 1.5
set style fill solid border -1
set logscale y
set yrange [5000:*]
set format y "%.0s %c"
set grid ytics
set key outside top center horizontal
set xtics font ",11"
plot for [i = 2 : tools + 1] folder."/speed" using i:xtic(1) title columnheader(i)

unset label
unset logscale
unset format
set datafile separator whitespace
set style data linespoints
set key inside left top
set xlabel "million customers, and as many events"
set xrange [0:*]
set yrange [0:*]
set size 0.5, 0.4
set origin 0, 0
set title "seconds of the processor"
plot folder."/growth" using 1:2 title "events-decode" pointtype 7, "" using 1:3 title "join" pointtype 7
set origin 0.5, 0
set title "join: peak of memory, MiB"
plot folder."/growth" using 1:4 notitle pointtype 7
