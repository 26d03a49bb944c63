# Sourced by the benchmarks that upload bombs. Needs $work.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the scripts that source this

# make_bombs: $work/bomb-0 to bomb-2, small files whose pictures take hundreds of megabytes.
make_bombs() {
  local ffmpeg=(ffmpeg -v error -nostdin -y) huge=color=black:s=16000x16000:r=1
  "${ffmpeg[@]}" -f lavfi -i $huge -frames:v 1 -pix_fmt rgb24 -c:v png -f mov "$work/bomb-0"
  "${ffmpeg[@]}" -f lavfi -i $huge -frames:v 1 -pix_fmt yuvj420p -c:v mjpeg -f avi "$work/bomb-1"
  "${ffmpeg[@]}" -f lavfi -i color=blue:s=8192x8192:r=1 -frames:v 2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -threads 1 -f mp4 "$work/bomb-2"
}
