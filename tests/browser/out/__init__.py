"""What leaves the page: pictures, files, links, frames, the drawing as a package."""
